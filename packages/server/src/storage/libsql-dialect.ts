import type Database from 'libsql'
import { SqliteAdapter, SqliteDialect, type Dialect, type DialectAdapter } from 'kysely'

/**
 * Kysely's SQLite dialect over an open libSQL database, with the changes that make its transactions safe beside others.
 *
 * @param closed - called once the database is closed.
 */
export function libsqlDialect(database: Database.Database, closed: () => void): Dialect {
  const sqlite = new SqliteDialect({
    database: {
      close: () => {
        // libSQL keeps the file open until its statements are collected as garbage, so the log would stay beside it;
        // emptied, the file alone holds everything and may be copied.
        database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
        database.close()
        closed()
      },
      // A transaction that begins by reading cannot wait for the write lock later (SQLite refuses at once, whatever
      // the busy timeout), so every transaction asks for it at its beginning.
      prepare: (sql) => database.prepare(sql === 'begin' ? 'begin immediate' : sql),
    },
  })
  return {
    createDriver: () => sqlite.createDriver(),
    createQueryCompiler: () => sqlite.createQueryCompiler(),
    createIntrospector: (db) => sqlite.createIntrospector(db),
    createAdapter: () => TRANSACTIONAL,
  }
}

const base = new SqliteAdapter()

/** Tells the migrator that SQLite's DDL is transactional: the write lock then keeps two starting processes apart. */
const TRANSACTIONAL: DialectAdapter = {
  supportsCreateIfNotExists: base.supportsCreateIfNotExists,
  supportsReturning: base.supportsReturning,
  supportsTransactionalDdl: true,
  acquireMigrationLock: (db, options) => base.acquireMigrationLock(db, options),
  releaseMigrationLock: (db, options) => base.releaseMigrationLock(db, options),
}
