import { sql, type Kysely, type Migration } from 'kysely'

/**
 * Every change of the tables since the first release, by a name that sorts in order. Forward only: a migration that
 * has shipped is never edited, the next one repairs it.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001_registry': { up: createRegistry },
  '0002_model_apis': { up: addModelApis },
  '0005_alerts': { up: createAlerts },
}

async function createRegistry(db: Kysely<unknown>): Promise<void> {
  await createModels(db)
  await createAgents(db)
  await createAssignments(db)
}

async function createModels(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('models')
    .addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('capabilities', 'text', (column) => column.notNull())
    .addColumn('context_length', 'integer', (column) => column.notNull())
    .addColumn('max_concurrent', 'integer', (column) => column.notNull())
    .addColumn('max_queue', 'integer', (column) => column.notNull())
    .addColumn('target_utilization', 'real', (column) => column.notNull())
    .addColumn('input_usd_per_mtok', 'real')
    .addColumn('output_usd_per_mtok', 'real')
    .addColumn('alias', 'text')
    .addColumn('base_url', 'text', (column) => column.notNull())
    .addColumn('dialect', 'text', (column) => column.notNull())
    .addColumn('upstream_model', 'text', (column) => column.notNull())
    .addColumn('api_key_env', 'text')
    .addColumn('tags', 'text', (column) => column.notNull())
    .execute()
}

async function createAgents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('agents')
    .addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('endpoint', 'text')
    .addColumn('capabilities', 'text', (column) => column.notNull())
    .addColumn('preferred_capabilities', 'text', (column) => column.notNull())
    .addColumn('min_context_length', 'integer')
    .execute()
}

async function createAssignments(db: Kysely<unknown>): Promise<void> {
  // No foreign keys: an assignment may name a model or an agent that is defined in the file.
  await db.schema
    .createTable('assignments')
    .addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('agent_id', 'text', (column) => column.notNull())
    .addColumn('agent_name', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('model_name', 'text', (column) => column.notNull())
    .addColumn('score', 'real', (column) => column.notNull())
    .addColumn('match_score', 'real', (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('is_optimal', 'integer', (column) => column.notNull())
    .addColumn('capability_overlap', 'text', (column) => column.notNull())
    .addColumn('missing_required', 'text', (column) => column.notNull())
    .addColumn('capability_score', 'real', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('notes', 'text')
    .addColumn('created_at_ms', 'integer', (column) => column.notNull())
    .addColumn('updated_at_ms', 'integer', (column) => column.notNull())
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

async function createAlerts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('alerts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text')
    .addColumn('rule_id', 'text')
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('value', 'double precision', (column) => column.notNull())
    .addColumn('threshold', 'double precision', (column) => column.notNull())
    .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('changed_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('resolved_at_ms', 'bigint')
    .addColumn('resolution', 'text')
    .addColumn('acknowledged_at_ms', 'bigint')
    .addColumn('acknowledged_by', 'text')
    .addColumn('occurrences', 'integer', (column) => column.notNull())
    .addColumn('told', 'text')
    .execute()
  await db.schema.createIndex('alerts_by_resolution').on('alerts').column('resolved_at_ms').execute()
}
