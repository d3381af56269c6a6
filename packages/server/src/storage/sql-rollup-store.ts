import type { Kysely } from 'kysely'
import type { Rollup, RollupRange, RollupStore } from '../telemetry/rollup-store.js'
import type { RollupTable, Tables } from './tables.js'

/** Rows per INSERT: 15 columns each stay below SQLite's 32,766 parameters. */
const ROWS_PER_INSERT = 500
const MS_PER_SECOND = 1_000

/** Rollups in SQL, on a database whose migrations have run. */
export class SqlRollupStore implements RollupStore {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async put(rollups: readonly Rollup[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      for (let first = 0; first < rollups.length; first += ROWS_PER_INSERT) {
        const rows = rollups.slice(first, first + ROWS_PER_INSERT).map(rowOf)
        await transaction
          .insertInto('rollups')
          .values(rows)
          .onConflict((conflict) =>
            conflict
              .columns(['step_s', 'subject', 'start_s', 'instance'])
              .doUpdateSet((eb) =>
                Object.fromEntries(VALUES.map((column) => [column, eb.ref(`excluded.${column}`)])),
              ),
          )
          .execute()
      }
    })
  }

  async read({ stepMs, subject, fromMs, toMs }: RollupRange): Promise<Rollup[]> {
    const rows = await this.#db
      .selectFrom('rollups')
      .selectAll()
      .where('step_s', '=', stepMs / MS_PER_SECOND)
      .where('subject', '=', subject)
      .where('start_s', '>=', fromMs / MS_PER_SECOND)
      .where('start_s', '<', toMs / MS_PER_SECOND)
      .orderBy('start_s')
      .execute()
    return rows.map(rollupOf)
  }

  async prune(stepMs: number, beforeMs: number): Promise<void> {
    await this.#db
      .deleteFrom('rollups')
      .where('step_s', '=', stepMs / MS_PER_SECOND)
      .where('start_s', '<', beforeMs / MS_PER_SECOND)
      .execute()
  }
}

const VALUES = [
  'requests',
  'completed',
  'succeeded',
  'judged',
  'calls',
  'failures',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'sketches',
] as const

function rowOf(rollup: Rollup): RollupTable {
  const { stepMs, startMs, inputTokens, outputTokens, costUsd, sketches, ...same } = rollup
  return {
    ...same,
    step_s: stepMs / MS_PER_SECOND,
    start_s: startMs / MS_PER_SECOND,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cost_usd: costUsd,
    sketches: Buffer.from(sketches).toString('base64'),
  }
}

function rollupOf(row: RollupTable): Rollup {
  return {
    stepMs: row.step_s * MS_PER_SECOND,
    startMs: row.start_s * MS_PER_SECOND,
    subject: row.subject,
    instance: row.instance,
    requests: row.requests,
    completed: row.completed,
    succeeded: row.succeeded,
    judged: row.judged,
    calls: row.calls,
    failures: row.failures,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    costUsd: row.cost_usd,
    sketches: Buffer.from(row.sketches, 'base64'),
  }
}
