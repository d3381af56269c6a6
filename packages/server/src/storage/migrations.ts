import { sql, type Kysely, type Migration } from 'kysely'
import type { ColumnTypes } from './column-types.js'

/**
 * Every change of the tables since the first release, by a name that sorts in order. Forward only: a migration that
 * has shipped is never edited, the next one repairs it.
 */
export function migrationsWith(types: ColumnTypes): Readonly<Record<string, Migration>> {
  return {
    '0001_registry': { up: (db) => createRegistry(db, types) },
    '0002_model_apis': { up: addModelApis },
    '0004_rollups': { up: (db) => createRollups(db, types) },
    '0005_alerts': { up: (db) => createAlerts(db, types) },
    '0006_quality': { up: (db) => addQuality(db, types) },
    '0007_budgets': { up: (db) => createBudgets(db, types) },
    '0008_response_cache': { up: addResponseCache },
    '0009_model_overrides': { up: (db) => createModelOverrides(db, types) },
  }
}

async function createRegistry(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createModels(db, types)
  await createAgents(db, types)
  await createAssignments(db, types)
}

async function createModels(db: Kysely<unknown>, { numbered, whole, real }: ColumnTypes): Promise<void> {
  await numbered(db.schema.createTable('models'))
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('capabilities', 'text', (column) => column.notNull())
    .addColumn('context_length', whole, (column) => column.notNull())
    .addColumn('max_concurrent', whole, (column) => column.notNull())
    .addColumn('max_queue', whole, (column) => column.notNull())
    .addColumn('target_utilization', real, (column) => column.notNull())
    .addColumn('input_usd_per_mtok', real)
    .addColumn('output_usd_per_mtok', real)
    .addColumn('alias', 'text')
    .addColumn('base_url', 'text', (column) => column.notNull())
    .addColumn('dialect', 'text', (column) => column.notNull())
    .addColumn('upstream_model', 'text', (column) => column.notNull())
    .addColumn('api_key_env', 'text')
    .addColumn('tags', 'text', (column) => column.notNull())
    .execute()
}

async function createAgents(db: Kysely<unknown>, { numbered, whole }: ColumnTypes): Promise<void> {
  await numbered(db.schema.createTable('agents'))
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('endpoint', 'text')
    .addColumn('capabilities', 'text', (column) => column.notNull())
    .addColumn('preferred_capabilities', 'text', (column) => column.notNull())
    .addColumn('min_context_length', whole)
    .execute()
}

async function createAssignments(db: Kysely<unknown>, { numbered, whole, real }: ColumnTypes): Promise<void> {
  // No foreign keys: an assignment may name a model or an agent that is defined in the file.
  await numbered(db.schema.createTable('assignments'))
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('agent_id', 'text', (column) => column.notNull())
    .addColumn('agent_name', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('model_name', 'text', (column) => column.notNull())
    .addColumn('score', real, (column) => column.notNull())
    .addColumn('match_score', real, (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('is_optimal', whole, (column) => column.notNull())
    .addColumn('capability_overlap', 'text', (column) => column.notNull())
    .addColumn('missing_required', 'text', (column) => column.notNull())
    .addColumn('capability_score', real, (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('notes', 'text')
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('updated_at_ms', whole, (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('assignments_one_active_per_agent')
    .on('assignments')
    .column('agent_id')
    .unique()
    .where(sql.ref('status'), '=', sql.lit('active'))
    .execute()
  await db.schema.createIndex('assignments_by_agent').on('assignments').column('agent_id').execute()
  await db.schema.createIndex('assignments_by_model').on('assignments').column('model_id').execute()
}

/** Statement by statement: libSQL adds one column at a time. */
async function addModelApis(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('models').addColumn('responses_api', 'text').execute()
  await db.schema.alterTable('models').addColumn('stream_usage', 'integer').execute()
}

async function addResponseCache(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('models').addColumn('cache_responses', 'integer').execute()
}

async function createAlerts(db: Kysely<unknown>, { whole, real }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('alerts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text')
    .addColumn('rule_id', 'text')
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('value', real, (column) => column.notNull())
    .addColumn('threshold', real, (column) => column.notNull())
    .addColumn('started_at_ms', whole, (column) => column.notNull())
    .addColumn('changed_at_ms', whole, (column) => column.notNull())
    .addColumn('resolved_at_ms', whole)
    .addColumn('resolution', 'text')
    .addColumn('acknowledged_at_ms', whole)
    .addColumn('acknowledged_by', 'text')
    .addColumn('occurrences', 'integer', (column) => column.notNull())
    .addColumn('told', 'text')
    .execute()
  await db.schema.createIndex('alerts_by_resolution').on('alerts').column('resolved_at_ms').execute()
}

async function createRollups(db: Kysely<unknown>, { whole, real }: ColumnTypes): Promise<void> {
  const counts = ['requests', 'completed', 'succeeded', 'judged', 'calls', 'failures'] as const
  let table = db.schema
    .createTable('rollups')
    .addColumn('step_s', whole, (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('start_s', whole, (column) => column.notNull())
    .addColumn('instance', 'text', (column) => column.notNull())
  for (const count of [...counts, 'input_tokens', 'output_tokens'] as const) {
    table = table.addColumn(count, whole, (column) => column.notNull())
  }
  await table
    .addColumn('cost_usd', real, (column) => column.notNull())
    .addColumn('sketches', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('rollups_key', ['step_s', 'subject', 'start_s', 'instance'])
    .execute()
  await db.schema.createIndex('rollups_by_age').on('rollups').columns(['step_s', 'start_s']).execute()
}

async function addQuality(db: Kysely<unknown>, { real }: ColumnTypes): Promise<void> {
  const assignments = db.schema.alterTable('assignments')
  await assignments.addColumn('performance_score', real).execute()
  await assignments.addColumn('performance_adjustment', real).execute()
  await assignments.addColumn('success_rate', real).execute()
  await assignments.addColumn('avg_latency_ms', real).execute()
  await db.schema
    .createTable('votes')
    .addColumn('decision_id', 'text', (column) => column.primaryKey())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('task_type', 'text', (column) => column.notNull())
    .addColumn('score', real, (column) => column.notNull())
    .addColumn('at_ms', real, (column) => column.notNull())
    .execute()
  await db.schema.createIndex('votes_by_model').on('votes').column('model_id').execute()
  await db.schema.createIndex('votes_by_time').on('votes').column('at_ms').execute()
  await db.schema
    .createTable('vote_tallies')
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('task_type', 'text', (column) => column.notNull())
    .addColumn('weight', real, (column) => column.notNull())
    .addColumn('sum', real, (column) => column.notNull())
    .addColumn('at_ms', real, (column) => column.notNull())
    .addPrimaryKeyConstraint('vote_tallies_key', ['model_id', 'task_type'])
    .execute()
}

async function createBudgets(db: Kysely<unknown>, { whole, real }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('budget_spent')
    .addColumn('payer', 'text', (column) => column.notNull())
    .addColumn('span', 'text', (column) => column.notNull())
    .addColumn('starts_ms', whole, (column) => column.notNull())
    .addColumn('requests', whole, (column) => column.notNull())
    .addColumn('tokens', whole, (column) => column.notNull())
    .addColumn('cost_usd', real, (column) => column.notNull())
    .addPrimaryKeyConstraint('budget_spent_key', ['payer', 'span', 'starts_ms'])
    .execute()
  await db.schema.createIndex('budget_spent_by_start').on('budget_spent').column('starts_ms').execute()
}

async function createModelOverrides(db: Kysely<unknown>, { whole, real }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('model_overrides')
    .addColumn('model_id', 'text', (column) => column.primaryKey())
    .addColumn('is_enabled', 'integer', (column) => column.notNull())
    .addColumn('max_concurrent', whole)
    .addColumn('max_queue', whole)
    .addColumn('target_utilization', real)
    .execute()
}
