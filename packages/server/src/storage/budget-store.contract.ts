import { afterEach, beforeEach, expect, it } from 'vitest'
import type { SpentRow } from '../budgets/account.js'
import type { BudgetStore } from '../budgets/store.js'

const DAY_MS = Date.UTC(2026, 10, 26)

const row = (fields: Partial<SpentRow> = {}): SpentRow => ({
  payer: 'key:a',
  window: 'day',
  startsMs: DAY_MS,
  amounts: [1, 5_000_000_000, 0.1],
  ...fields,
})

/** What every store of budgets holds to. */
export function budgetStoreContract(
  open: () => Promise<{ readonly store: BudgetStore; readonly close: () => Promise<void> }>,
): void {
  let store: BudgetStore
  let close: () => Promise<void>
  beforeEach(async () => ({ store, close } = await open()))
  afterEach(() => close())

  it('adds up what is spent in one window, and keeps windows and payers apart', async () => {
    await store.addSpent([
      row(),
      row({ window: 'month', startsMs: Date.UTC(2026, 10, 1) }),
      row({ payer: 'agent:a' }),
    ])
    await store.addSpent([row({ amounts: [2, -1_000, 0.25] })])
    const rows = [...(await store.loadSpent(0))].sort((a, b) =>
      `${a.payer}${a.window}`.localeCompare(`${b.payer}${b.window}`),
    )
    expect(rows.map(({ payer, window }) => `${payer} ${window}`)).toEqual([
      'agent:a day',
      'key:a day',
      'key:a month',
    ])
    expect(rows[1]).toEqual(row({ amounts: [3, 4_999_999_000, 0.35] }))
  })

  it('loads what began since, and forgets what began before', async () => {
    await store.addSpent([row(), row({ startsMs: DAY_MS - 86_400_000 })])
    expect(await store.loadSpent(DAY_MS)).toEqual([row()])
    await store.forgetSpent(DAY_MS)
    expect(await store.loadSpent(0)).toEqual([row()])
  })
}
