import { Migrator, type Kysely } from 'kysely'
import { columnTypesOf, type Engine } from './column-types.js'
import { migrationsWith } from './migrations.js'

/** Brings the tables up to date; one process at a time does. @throws what the database throws, nothing changed then. */
export async function migrate<Schema>(db: Kysely<Schema>, engine: Engine): Promise<void> {
  const migrations = migrationsWith(columnTypesOf(engine))
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error as Error
}
