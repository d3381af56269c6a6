import type { ExpressionBuilder, Kysely, Transaction } from 'kysely'
import type { AgentEntry, AssignmentEntry, ModelEntry, ModelOverride } from '../registry/entry.js'
import type { AssignmentQuery, RegistryStore } from '../registry/store.js'
import {
  agentOf,
  agentRow,
  assignmentOf,
  assignmentRow,
  modelOf,
  modelRow,
  overrideOfRow,
  overrideRow,
} from './rows.js'
import type { Tables } from './tables.js'

/** Rows per INSERT: 20 columns each stay below SQLite's 32,766 parameters. */
const ROWS_PER_INSERT = 1000

/** What SQLite and PostgreSQL say when a unique index refuses a row. */
const UNIQUE_VIOLATIONS: ReadonlySet<unknown> = new Set(['SQLITE_CONSTRAINT_UNIQUE', '23505'])

/** The registry in SQL, on a database whose migrations have run. */
export class SqlRegistryStore implements RegistryStore {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async loadModels(): Promise<readonly ModelEntry[]> {
    const rows = await this.#db.selectFrom('models').selectAll().orderBy('seq').execute()
    return rows.map(modelOf)
  }

  async loadAgents(): Promise<readonly AgentEntry[]> {
    const rows = await this.#db.selectFrom('agents').selectAll().orderBy('seq').execute()
    return rows.map(agentOf)
  }

  async loadActiveAssignments(): Promise<readonly AssignmentEntry[]> {
    const active = this.#db.selectFrom('assignments').selectAll().where('status', '=', 'active')
    return (await active.orderBy('seq').execute()).map(assignmentOf)
  }

  async addModel(model: ModelEntry): Promise<boolean> {
    const insert = this.#db.insertInto('models').values(modelRow(model))
    const result = await insert.onConflict((conflict) => conflict.column('id').doNothing()).executeTakeFirst()
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
  }

  async replaceModel(model: ModelEntry): Promise<boolean> {
    const update = this.#db.updateTable('models').set(modelRow(model)).where('id', '=', model.id)
    return (await update.executeTakeFirst()).numUpdatedRows > 0n
  }

  async deleteModel(id: string): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('assignments').where('model_id', '=', id).execute()
      await transaction.deleteFrom('model_overrides').where('model_id', '=', id).execute()
      await transaction.deleteFrom('models').where('id', '=', id).execute()
    })
  }

  async loadOverrides(): Promise<ReadonlyMap<string, ModelOverride>> {
    const rows = await this.#db.selectFrom('model_overrides').selectAll().execute()
    return new Map(rows.map((row) => [row.model_id, overrideOfRow(row)]))
  }

  async saveOverride(modelId: string, override: ModelOverride | undefined): Promise<void> {
    if (override === undefined) {
      await this.#db.deleteFrom('model_overrides').where('model_id', '=', modelId).execute()
      return
    }
    const row = overrideRow(modelId, override)
    const insert = this.#db.insertInto('model_overrides').values(row)
    await insert.onConflict((conflict) => conflict.column('model_id').doUpdateSet(row)).execute()
  }

  async addAgent(agent: AgentEntry): Promise<boolean> {
    const insert = this.#db.insertInto('agents').values(agentRow(agent))
    const result = await insert.onConflict((conflict) => conflict.column('id').doNothing()).executeTakeFirst()
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
  }

  async replaceAgent(agent: AgentEntry): Promise<boolean> {
    const update = this.#db.updateTable('agents').set(agentRow(agent)).where('id', '=', agent.id)
    return (await update.executeTakeFirst()).numUpdatedRows > 0n
  }

  async deleteAgent(id: string): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('assignments').where('agent_id', '=', id).execute()
      await transaction.deleteFrom('agents').where('id', '=', id).execute()
    })
  }

  replaceAutomaticAssignments(assignments: readonly AssignmentEntry[]): Promise<boolean> {
    return this.#unlessTaken(async (transaction) => {
      const automatic = transaction.deleteFrom('assignments').where('method', '!=', 'manual')
      await automatic.where('status', '=', 'active').execute()
      await insertAssignments(transaction, assignments)
    })
  }

  saveAssignments(assignments: readonly AssignmentEntry[]): Promise<boolean> {
    return this.#unlessTaken(async (transaction) => {
      for (const row of assignments.map(assignmentRow)) {
        const insert = transaction.insertInto('assignments').values(row)
        await insert.onConflict((conflict) => conflict.column('id').doUpdateSet(row)).execute()
      }
    })
  }

  async deleteAssignment(id: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('assignments').where('id', '=', id).executeTakeFirst()
    return result.numDeletedRows > 0n
  }

  async findAssignment(id: string): Promise<AssignmentEntry | undefined> {
    const found = this.#db.selectFrom('assignments').selectAll().where('id', '=', id)
    const row = await found.executeTakeFirst()
    return row === undefined ? undefined : assignmentOf(row)
  }

  async listAssignments(
    query: AssignmentQuery,
  ): Promise<{ rows: readonly AssignmentEntry[]; total: number }> {
    const matching = this.#db.selectFrom('assignments').where((builder) => conditions(builder, query))
    const page = matching.selectAll().orderBy('seq').limit(query.pageSize)
    const rows = await page.offset((query.page - 1) * query.pageSize).execute()
    const count = matching.select(({ fn }) => fn.countAll().as('total'))
    const { total } = await count.executeTakeFirstOrThrow()
    return { rows: rows.map(assignmentOf), total: Number(total) }
  }

  /** Runs a transaction; `false`, and nothing changed, when a unique index refuses a row of it. */
  async #unlessTaken(change: (transaction: Transaction<Tables>) => Promise<void>): Promise<boolean> {
    try {
      await this.#db.transaction().execute(change)
      return true
    } catch (error) {
      if (UNIQUE_VIOLATIONS.has((error as { readonly code?: unknown }).code)) return false
      throw error
    }
  }
}

function conditions(builder: ExpressionBuilder<Tables, 'assignments'>, query: AssignmentQuery) {
  const { status, agentId, modelId } = query
  return builder.and([
    ...(status === undefined ? [] : [builder('status', '=', status)]),
    ...(agentId === undefined ? [] : [builder('agent_id', '=', agentId)]),
    ...(modelId === undefined ? [] : [builder('model_id', '=', modelId)]),
  ])
}

async function insertAssignments(
  transaction: Transaction<Tables>,
  assignments: readonly AssignmentEntry[],
): Promise<void> {
  for (let start = 0; start < assignments.length; start += ROWS_PER_INSERT) {
    const rows = assignments.slice(start, start + ROWS_PER_INSERT).map(assignmentRow)
    await transaction.insertInto('assignments').values(rows).execute()
  }
}
