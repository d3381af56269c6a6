import type { Kysely, Selectable } from 'kysely'
import type { SpentRow } from '../budgets/account.js'
import type { BudgetStore } from '../budgets/store.js'
import type { BudgetSpentTable, Tables } from './tables.js'

/** What budgets have spent, in SQL, on a database whose migrations have run. */
export class SqlBudgetStore implements BudgetStore {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async loadSpent(sinceMs: number): Promise<readonly SpentRow[]> {
    const rows = this.#db.selectFrom('budget_spent').selectAll().where('starts_ms', '>=', sinceMs)
    return (await rows.execute()).map(spentOf)
  }

  async addSpent(rows: readonly SpentRow[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      for (const { payer, window, startsMs, amounts } of rows) {
        const [requests, tokens, costUsd] = amounts
        const row = { payer, span: window, starts_ms: startsMs, requests, tokens, cost_usd: costUsd }
        const insert = transaction.insertInto('budget_spent').values(row)
        await insert
          .onConflict((conflict) =>
            conflict.columns(['payer', 'span', 'starts_ms']).doUpdateSet((own) => ({
              requests: own('budget_spent.requests', '+', own.ref('excluded.requests')),
              tokens: own('budget_spent.tokens', '+', own.ref('excluded.tokens')),
              cost_usd: own('budget_spent.cost_usd', '+', own.ref('excluded.cost_usd')),
            })),
          )
          .execute()
      }
    })
  }

  async forgetSpent(beforeMs: number): Promise<void> {
    await this.#db.deleteFrom('budget_spent').where('starts_ms', '<', beforeMs).execute()
  }
}

function spentOf(row: Selectable<BudgetSpentTable>): SpentRow {
  const { payer, span, starts_ms: startsMs, requests, tokens, cost_usd: costUsd } = row
  return { payer, window: span === 'day' ? 'day' : 'month', startsMs, amounts: [requests, tokens, costUsd] }
}
