import { sql, type Generated, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import type { DecisionRow } from '../history/decision-row.js'
import type { ColumnTypes } from './column-types.js'
import type { Schema } from './migrate.js'

/** The tables of the history. They are apart from the others: in a file they have one of their own. */
export interface HistoryTables {
  readonly decisions: DecisionRow & { readonly seq: Generated<number> }
}

/** What has run is written in a table of its own: in a server the other tables stand beside it. */
export const HISTORY_SCHEMA: Schema = {
  migrations: (types) => ({
    '0001_decisions': { up: (db) => createDecisions(db, types) },
    '0002_slow_decisions': { up: indexSlowDecisions },
  }),
  table: 'history_migration',
}

/**
 * What pages are filtered by, each with the order of pages behind it: a page is then read from where it begins, however
 * many rows there are. What else may be asked comes along, so that rows are only looked up where all of it holds.
 * Those that most rows lack hold only those that have one.
 */
const INDEXES: readonly { readonly column: string; readonly isPartial?: true }[] = [
  { column: 'key_id', isPartial: true },
  { column: 'agent_id', isPartial: true },
  { column: 'model_id', isPartial: true },
  { column: 'task', isPartial: true },
  { column: 'outcome' },
]
const ALONG = ['agent_id', 'model_id', 'task', 'outcome', 'queue_ms', 'total_ms']

async function createDecisions(db: Kysely<unknown>, { numbered, whole, real }: ColumnTypes): Promise<void> {
  await numbered(db.schema.createTable('decisions'))
    .addColumn('decision_id', 'text')
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('at_ms', real, (column) => column.notNull())
    .addColumn('api', 'text', (column) => column.notNull())
    .addColumn('asked_model', 'text')
    .addColumn('key_id', 'text')
    .addColumn('agent_id', 'text')
    .addColumn('task', 'text')
    .addColumn('must_have', 'text')
    .addColumn('priority', 'text')
    .addColumn('is_stream', whole)
    .addColumn('model_id', 'text')
    .addColumn('score', real)
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('status', whole, (column) => column.notNull())
    .addColumn('total_ms', real, (column) => column.notNull())
    .addColumn('queue_ms', real, (column) => column.notNull())
    .addColumn('overhead_ms', real, (column) => column.notNull())
    .addColumn('service_ms', real)
    .addColumn('first_byte_ms', real)
    .addColumn('input_tokens', whole)
    .addColumn('output_tokens', whole)
    .addColumn('cost_usd', real)
    .addColumn('attempts', whole, (column) => column.notNull())
    .addColumn('considered', 'text')
    .addColumn('tries', 'text')
    .execute()
  const { schema } = db
  // Waits and latencies come along, so that pages of the slow ones need not look at every row.
  await schema
    .createIndex('decisions_by_time')
    .on('decisions')
    .columns(['at_ms', 'seq', 'queue_ms', 'total_ms'])
    .execute()
  for (const { column, isPartial } of INDEXES) {
    const columns = [column, 'at_ms', 'seq', ...ALONG.filter((other) => other !== column)]
    const index = schema.createIndex(`decisions_by_${column}`).on('decisions').columns(columns)
    await (isPartial ? index.where(sql.ref(column), 'is not', null) : index).execute()
  }
  for (const column of ['decision_id', 'request_id']) {
    await schema.createIndex(`decisions_by_${column}`).on('decisions').column(column).execute()
  }
}

/**
 * Milliseconds from which on requests that waited, or took, so long have an index of times of their own: a page of those
 * that hardly any is among is found without a look at all others.
 */
const SLOW = { queue_ms: [100, 1_000, 10_000], total_ms: [10_000, 60_000] } as const

/** A condition that follows from at least `minMs`, and says which index is enough; `undefined` where all may be slow. */
export function slowEnough(column: keyof typeof SLOW, minMs: number): RawBuilder<SqlBool> | undefined {
  const bound = SLOW[column].findLast((ms) => ms <= minMs)
  return bound === undefined ? undefined : isSlow(column, bound)
}

async function indexSlowDecisions({ schema }: Kysely<unknown>): Promise<void> {
  for (const column of ['queue_ms', 'total_ms'] as const) {
    for (const bound of SLOW[column]) {
      await schema
        .createIndex(`decisions_by_${column}_${bound}`)
        .on('decisions')
        .columns(['at_ms', 'seq', 'queue_ms', 'total_ms'])
        .where(isSlow(column, bound))
        .execute()
    }
  }
}

/** Written out, without a parameter: only so do databases see that an index with this condition will do. */
function isSlow(column: keyof typeof SLOW, bound: number): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.ref(column)} >= ${sql.lit(bound)}`
}
