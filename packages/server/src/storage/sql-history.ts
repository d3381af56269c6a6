import Database from 'libsql'
import { Kysely } from 'kysely'
import { HISTORY_SCHEMA, type HistoryTables } from './history-tables.js'
import { libsqlInsert, postgresInsert } from './insert-decisions.js'
import { libsqlDialect } from './libsql-dialect.js'
import { BUSY_TIMEOUT_MS, cannotUse } from './libsql-file.js'
import { migrate } from './migrate.js'
import { isPostgres, openPostgres } from './postgres.js'
import { SqlHistoryStore } from './sql-history-store.js'

/**
 * Opens the history with its tables brought up to date.
 *
 * @param place - a path, `:memory:`, or the URL of a server.
 * @throws {StorageError} as `openStores`.
 */
export async function openSqlHistory(place: string): Promise<SqlHistoryStore> {
  if (isPostgres(place)) {
    const db = await openPostgres<HistoryTables>(place, HISTORY_SCHEMA)
    return new SqlHistoryStore(db, postgresInsert(db))
  }
  let database: Database.Database | undefined
  try {
    database = openDatabase(place)
    const db = new Kysely<HistoryTables>({ dialect: libsqlDialect(database, () => undefined) })
    await migrate(db, 'sqlite', HISTORY_SCHEMA)
    return new SqlHistoryStore(db, libsqlInsert(database))
  } catch (error) {
    database?.close()
    throw cannotUse(
      place,
      'must be an undamaged SQLite database of this or an earlier release that may be written',
      error,
    )
  }
}

function openDatabase(path: string): Database.Database {
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  database.exec('PRAGMA journal_mode = WAL')
  // The log is synced at checkpoints: a crash of the machine may cost the last moments of history, one of the process
  // costs nothing that was stored.
  database.exec('PRAGMA synchronous = NORMAL')
  // 32 MiB: what is written at once is then in few pages, at whatever size of the file.
  database.exec('PRAGMA cache_size = -32768')
  return database
}
