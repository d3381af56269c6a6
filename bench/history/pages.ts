import type { DecisionQuery, HistoryStore } from '../../packages/server/src/history/store.js'
import { FIRST_MS, rowMaker } from './rows.js'

const ROWS_PER_BATCH = 1_000
const DAY_MS = 86_400_000
const PAGE_SIZE = 100
const DEEPER_PAGES = 3

/** Stores so many rows, a batch after the other. @returns rows stored in a second. */
export async function fill(store: HistoryStore, rows: number): Promise<number> {
  const make = rowMaker(1)
  let spentMs = 0
  for (let first = 0; first < rows; first += ROWS_PER_BATCH) {
    const count = Math.min(ROWS_PER_BATCH, rows - first)
    const text = JSON.stringify(Array.from({ length: count }, (_, index) => make(first + index)))
    const startMs = performance.now()
    await store.append(text)
    spentMs += performance.now() - startMs
  }
  return (rows * 1_000) / spentMs
}

interface PageTime {
  readonly query: string
  readonly pages: number
  readonly rows: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly maxMs: number
}

const FAILED = 'upstream_error'
const ONE_AGENT = { agentId: 'agent-7' }
const EARLY_HOURS = { fromMs: FIRST_MS + DAY_MS / 4, toMs: FIRST_MS + DAY_MS / 3 }

const QUERIES: Readonly<Record<string, Partial<DecisionQuery>>> = {
  'the latest': {},
  'one agent': ONE_AGENT,
  'one model': { modelId: 'model-3' },
  'an outcome of every sixth': { outcome: FAILED },
  'an outcome of one in 5,000': { outcome: 'upstream_timeout' },
  'agent and outcome': { ...ONE_AGENT, outcome: FAILED },
  'agent, model, task and wait': { ...ONE_AGENT, modelId: 'model-3', task: 'coding', minQueueMs: 100 },
  'waited a second': { minQueueMs: 1_000 },
  'waited five seconds (hardly any)': { minQueueMs: 5_000 },
  'took ten seconds (hardly any)': { minTotalMs: 10_000 },
  'waited 100 ms and ended badly': { minQueueMs: 100, outcome: FAILED },
  'two hours of the first day': EARLY_HOURS,
  'one agent, two hours of the first day': { ...ONE_AGENT, ...EARLY_HOURS },
  'nobody by that name': { agentId: 'nobody' },
}

/** Reads the first pages of each query, `rounds` times, one query after the other. */
export async function timePages(store: HistoryStore, rounds: number): Promise<readonly PageTime[]> {
  const times = Object.entries(QUERIES).map(([name, query]) => ({
    name,
    query,
    taken: [] as number[],
    rows: 0,
  }))
  for (let round = 0; round < rounds; round++) {
    for (const one of times) {
      let query: DecisionQuery | undefined = { order: 'newest_first', limit: PAGE_SIZE, ...one.query }
      // On from the first: what lies deep must cost no more.
      for (let depth = 0; depth <= DEEPER_PAGES && query !== undefined; depth++) {
        const startMs = performance.now()
        const { rows, next } = await store.page(query)
        one.taken.push(performance.now() - startMs)
        one.rows += rows.length
        query = next === null ? undefined : { ...query, after: next }
      }
    }
  }
  return times.map(({ name, taken, rows }) => {
    const sorted = taken.sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN
    return { query: name, pages: sorted.length, rows, p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1) }
  })
}
