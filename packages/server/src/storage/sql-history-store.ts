import { sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import type { DecisionRow } from '../history/decision-row.js'
import { exportLines } from '../history/export-lines.js'
import type {
  Cursor,
  DecisionPage,
  DecisionQuery,
  ExportFormat,
  ExportPiece,
  HistoryStore,
  Retention,
} from '../history/store.js'
import { slowEnough, type HistoryTables } from './history-tables.js'

/** Stores rows given as a JSON list, all or none. */
export type InsertRows = (rows: string) => Promise<void>

/** The history in SQL, on a database whose migrations have run. Calls to a file block the thread they are made in. */
export class SqlHistoryStore implements HistoryStore {
  readonly #db: Kysely<HistoryTables>
  readonly #insert: InsertRows

  constructor(db: Kysely<HistoryTables>, insert: InsertRows) {
    this.#db = db
    this.#insert = insert
  }

  append(rows: string): Promise<void> {
    return this.#insert(rows)
  }

  async find(decisionId: string): Promise<DecisionRow | undefined> {
    const found = this.#db.selectFrom('decisions').selectAll().where('decision_id', '=', decisionId)
    const row = await found.executeTakeFirst()
    return row === undefined ? undefined : withoutSeq(row)
  }

  async page(query: DecisionQuery): Promise<DecisionPage> {
    // One more than asked for tells whether there is another page.
    const rows = await selected(this.#db, query).execute()
    const last = rows[query.limit - 1]
    const hasMore = rows.length > query.limit
    const next: Cursor | null = hasMore && last ? { atMs: last.at_ms, seq: last.seq } : null
    return { rows: (hasMore ? rows.slice(0, query.limit) : rows).map(withoutSeq), next }
  }

  async piece(query: DecisionQuery, format: ExportFormat): Promise<ExportPiece> {
    const { rows, next } = await this.page(query)
    return { text: exportLines(rows, format), next }
  }

  async forget({ beforeMs, maxRows, most }: Retention): Promise<number> {
    // Rows are numbered as they are stored and go from the lowest number up, so the two ends tell how many there are.
    const ends = this.#db.selectFrom('decisions')
    const oldest = await ends.select(['seq', 'at_ms']).orderBy('seq').limit(1).executeTakeFirst()
    const newest = await ends.select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst()
    if (oldest === undefined || newest === undefined) return 0
    const keptFrom = newest.seq - maxRows + 1
    const upTo = oldest.seq + most
    if (oldest.seq >= keptFrom && oldest.at_ms >= beforeMs) return 0
    const { numDeletedRows } = await this.#db
      .deleteFrom('decisions')
      .where('seq', '<', upTo)
      .where((builder) => builder.or([builder('seq', '<', keptFrom), builder('at_ms', '<', beforeMs)]))
      .executeTakeFirst()
    return Number(numDeletedRows)
  }

  close(): Promise<void> {
    return this.#db.destroy()
  }
}

function selected(db: Kysely<HistoryTables>, query: DecisionQuery) {
  const { fromMs, toMs, keyId, agentId, modelId, outcome, task, requestId, minQueueMs, minTotalMs, after } =
    query
  const direction = query.order === 'newest_first' ? 'desc' : 'asc'
  const slow = slowEnough('queue_ms', minQueueMs ?? 0) ?? slowEnough('total_ms', minTotalMs ?? 0)
  return db
    .selectFrom('decisions')
    .selectAll()
    .$if(fromMs !== undefined, (rows) => rows.where('at_ms', '>=', fromMs as number))
    .$if(toMs !== undefined, (rows) => rows.where('at_ms', '<', toMs as number))
    .$if(keyId !== undefined, (rows) => rows.where('key_id', '=', keyId as string))
    .$if(agentId !== undefined, (rows) => rows.where('agent_id', '=', agentId as string))
    .$if(modelId !== undefined, (rows) => rows.where('model_id', '=', modelId as string))
    .$if(outcome !== undefined, (rows) => rows.where('outcome', '=', outcome as string))
    .$if(task !== undefined, (rows) => rows.where('task', '=', task as string))
    .$if(requestId !== undefined, (rows) => rows.where('request_id', '=', requestId as string))
    .$if(minQueueMs !== undefined, (rows) => rows.where('queue_ms', '>=', minQueueMs as number))
    .$if(minTotalMs !== undefined, (rows) => rows.where('total_ms', '>=', minTotalMs as number))
    .$if(slow !== undefined, (rows) => rows.where(slow as RawBuilder<SqlBool>))
    .$if(after !== undefined, (rows) => rows.where(beyond(after as Cursor, direction)))
    .orderBy('at_ms', direction)
    .orderBy('seq', direction)
    .limit(query.limit + 1)
}

/** Compared as a pair, which both databases look up in an index. */
function beyond({ atMs, seq }: Cursor, direction: 'asc' | 'desc') {
  const relation = sql.raw(direction === 'asc' ? '>' : '<')
  return sql<SqlBool>`(at_ms, seq) ${relation} (${atMs}, ${seq})`
}

function withoutSeq({ seq, ...row }: Numbered): DecisionRow {
  void seq
  return row
}

type Numbered = DecisionRow & { readonly seq: number }
