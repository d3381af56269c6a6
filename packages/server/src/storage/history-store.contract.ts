import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DECISION_COLUMNS, type DecisionRow } from '../history/decision-row.js'
import type { Cursor, DecisionQuery, HistoryStore } from '../history/store.js'
import type { Stores } from './stores.js'

const BASE_MS = 1_763_900_000_000.125

/** A row with every field set, but for what is given. */
export function decisionRow(index: number, fields: Partial<DecisionRow> = {}): DecisionRow {
  return {
    decision_id: `d-${index}`,
    request_id: `r-${index}`,
    at_ms: BASE_MS + index,
    api: 'chat',
    asked_model: 'auto',
    key_id: 'team',
    agent_id: 'coder',
    task: 'coding',
    must_have: '["vision"]',
    priority: 'default',
    is_stream: 1,
    model_id: `m-${index % 2}`,
    score: 82.5,
    outcome: 'completed',
    status: 200,
    total_ms: 512.25,
    queue_ms: index,
    overhead_ms: 0.375,
    service_ms: 500.5,
    first_byte_ms: 80.25,
    input_tokens: 5_000_000_000,
    output_tokens: 70,
    cost_usd: 0.0001,
    attempts: 1,
    considered: '{"policy":"bid","explored":false,"margin":null,"models":[],"omitted":0}',
    tries: null,
    ...fields,
  }
}

const EMPTY_ROW: DecisionRow = {
  ...(Object.fromEntries(DECISION_COLUMNS.map((column) => [column, null])) as unknown as DecisionRow),
  request_id: `"; DROP TABLE decisions; -- 'ü' \\u0000 \n`,
  at_ms: BASE_MS + 1_000,
  api: 'chat',
  outcome: 'refused_at_door',
  status: 400,
  total_ms: 0,
  queue_ms: 0,
  overhead_ms: 0,
  attempts: 0,
}

/** Asked for by no filter but those of time. */
const NOBODY = { key_id: null, agent_id: null, task: null, model_id: 'm-1', outcome: 'client_gone' }

const NEWEST: DecisionQuery = { order: 'newest_first', limit: 100 }

/** What every `HistoryStore` must do; run on a real database of each kind. */
export function historyStoreContract(open: () => Promise<Stores>): void {
  let stores: Stores
  let store: HistoryStore
  const openBoth = async () => {
    stores = await open()
    store = await stores.openHistory()
  }
  const closeBoth = async () => {
    await store.close()
    await stores.close()
  }
  const save = (...rows: readonly DecisionRow[]) => store.append(JSON.stringify(rows))
  const idsOf = async (query: Partial<DecisionQuery>) =>
    (await store.page({ ...NEWEST, ...query })).rows.map(({ decision_id }) => decision_id)

  describe('each on an empty one', () => {
    beforeEach(openBoth)
    afterEach(closeBoth)

    it('rows come back as they were saved, whatever they hold, and are found by their decision', async () => {
      const full = decisionRow(1)
      await save(full, EMPTY_ROW)
      expect((await store.page(NEWEST)).rows).toEqual([EMPTY_ROW, full])
      expect(await store.find('d-1')).toEqual(full)
      expect(await store.find('nobody')).toBeUndefined()
    })

    it('a batch with a row that cannot be stored stores none of them', async () => {
      const broken = { ...decisionRow(2), outcome: null }
      await expect(store.append(JSON.stringify([decisionRow(1), broken]))).rejects.toThrow(/null/i)
      expect(await idsOf({})).toEqual([])
      await save(decisionRow(3))
      expect(await idsOf({})).toEqual(['d-3'])
    })

    it('pages in either order are whole, without gaps or repetitions, also among equal times', async () => {
      const rows = Array.from({ length: 25 }, (_, index) =>
        decisionRow(index, { at_ms: BASE_MS + (index % 4) }),
      )
      await save(...rows)
      const sorted = [...rows].sort((a, b) => a.at_ms - b.at_ms || rows.indexOf(a) - rows.indexOf(b))
      const ids = sorted.map(({ decision_id }) => decision_id)
      for (const order of ['newest_first', 'oldest_first'] as const) {
        const seen: (string | null)[] = []
        let after: Cursor | undefined
        do {
          const page = await store.page({ order, limit: 6, ...(after ? { after } : {}) })
          expect(page.rows.length).toBe(Math.min(6, rows.length - seen.length))
          seen.push(...page.rows.map(({ decision_id }) => decision_id))
          after = page.next ?? undefined
        } while (after !== undefined)
        expect(seen).toEqual(order === 'oldest_first' ? ids : [...ids].reverse())
      }
    })

    it('rows arrived while pages are read are on none of the later pages', async () => {
      await save(decisionRow(1), decisionRow(2), decisionRow(3))
      const { next } = await store.page({ ...NEWEST, limit: 2 })
      await save(decisionRow(4))
      expect(await idsOf({ after: next as Cursor })).toEqual(['d-1'])
    })

    it('forgets the oldest beyond the number kept and what is too old, a few at a time, and nothing else', async () => {
      await save(...Array.from({ length: 10 }, (_, index) => decisionRow(index)))
      const forget = (maxRows: number, beforeMs: number, most = 100) =>
        store.forget({ maxRows, beforeMs, most })
      expect(await forget(10, BASE_MS)).toBe(0)
      expect(await forget(4, BASE_MS, 2)).toBe(2)
      expect(await forget(4, BASE_MS)).toBe(4)
      expect(await forget(4, BASE_MS)).toBe(0)
      expect(await forget(100, BASE_MS + 8)).toBe(2)
      expect(await idsOf({})).toEqual(['d-9', 'd-8'])
      expect(await forget(100, Infinity)).toBe(2)
      expect(await forget(100, Infinity)).toBe(0)
    })

    it('exports lines of each format', async () => {
      await save(decisionRow(1, { request_id: '=1+"1",\n' }), EMPTY_ROW)
      const query = { ...NEWEST, order: 'oldest_first', limit: 1 } as const
      const csv = await store.piece(query, 'csv')
      expect(csv.text).toMatch(/^d-1,"'=1\+""1"",\n",1763900000001.125,chat,auto,team,/)
      expect(csv.text.endsWith('\r\n')).toBe(true)
      const json = await store.piece({ ...query, after: csv.next as Cursor }, 'jsonl')
      expect(json.next).toBeNull()
      expect(JSON.parse(json.text)).toEqual(EMPTY_ROW)
    })
  })

  describe('filters', () => {
    // Nothing here writes, and to open a history starts a thread: all read the same one.
    beforeAll(async () => {
      await openBoth()
      await save(
        decisionRow(1),
        decisionRow(2, { key_id: null, agent_id: 'other', task: null }),
        decisionRow(3, { outcome: 'upstream_error', total_ms: 9_000 }),
        decisionRow(4, { agent_id: null, outcome: 'upstream_error' }),
        decisionRow(5, { ...NOBODY, queue_ms: 1_500, total_ms: 61_000 }),
      )
    })
    afterAll(closeBoth)

    it.each<[Partial<DecisionQuery>, readonly string[]]>([
      [{ agentId: 'coder' }, ['d-3', 'd-1']],
      [{ keyId: 'team' }, ['d-4', 'd-3', 'd-1']],
      [{ modelId: 'm-0' }, ['d-4', 'd-2']],
      [{ outcome: 'upstream_error' }, ['d-4', 'd-3']],
      [{ task: 'coding' }, ['d-4', 'd-3', 'd-1']],
      [{ requestId: 'r-2' }, ['d-2']],
      [{ minQueueMs: 3 }, ['d-5', 'd-4', 'd-3']],
      [{ minTotalMs: 600 }, ['d-5', 'd-3']],
      [{ minQueueMs: 1_000 }, ['d-5']],
      [{ minQueueMs: 1_501 }, []],
      [{ minTotalMs: 60_000 }, ['d-5']],
      [{ minQueueMs: 100, minTotalMs: 61_001 }, []],
      [{ fromMs: BASE_MS + 2, toMs: BASE_MS + 4 }, ['d-3', 'd-2']],
      [{ agentId: 'coder', outcome: 'upstream_error', minQueueMs: 1 }, ['d-3']],
      [{ agentId: 'nobody' }, []],
    ])('%j', async (query, ids) => {
      expect(await idsOf(query)).toEqual(ids)
    })
  })
}
