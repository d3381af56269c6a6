import { Migrator, type Kysely, type Migration } from 'kysely'
import { columnTypesOf, type ColumnTypes, type Engine } from './column-types.js'

/** A set of tables. */
export interface Schema {
  readonly migrations: (types: ColumnTypes) => Readonly<Record<string, Migration>>
  /** Where it is written which migrations have run; Kysely's own when left out. */
  readonly table?: string
}

/** Brings the tables up to date; one process at a time does. @throws what the database throws, nothing changed then. */
export async function migrate<Tables>(db: Kysely<Tables>, engine: Engine, schema: Schema): Promise<void> {
  const migrations = schema.migrations(columnTypesOf(engine))
  const { table } = schema
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    ...(table === undefined ? {} : { migrationTableName: table, migrationLockTableName: `${table}_lock` }),
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error as Error
}
