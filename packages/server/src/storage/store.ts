import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { Kysely, Migrator } from 'kysely'
import type { RegistryStore } from '../registry/store.js'
import { libsqlDialect } from './libsql-dialect.js'
import { MIGRATIONS } from './migrations.js'
import { SqlRegistryStore } from './sql-registry-store.js'
import { StorageError } from './storage-error.js'
import type { Tables } from './tables.js'

/** Milliseconds to wait for another process to finish its write. */
const BUSY_TIMEOUT_MS = 5000

/**
 * Opens the registry's database and brings its tables up to date.
 *
 * @param url - `file:<path>` (relative to the working directory) or `file::memory:`. The folder must exist.
 * @throws {StorageError} when the scheme is not supported, or the file cannot be opened, is not an undamaged SQLite
 * database, cannot be written, or was written by a newer release.
 *
 * Time grows with the size of the file: its structure is checked once.
 */
export async function openStore(url: string): Promise<RegistryStore> {
  const path = pathOf(url)
  const database = open(path)
  const db = new Kysely<Tables>({ dialect: libsqlDialect(database) })
  try {
    await migrate(db)
  } catch (error) {
    await db.destroy()
    throw cannotUse(path, 'must be writable and written by this or an earlier release', error)
  }
  return new SqlRegistryStore(db)
}

function pathOf(url: string): string {
  if (url === 'file::memory:') return ':memory:'
  if (url.startsWith('file://')) return pathOfFileUrl(url)
  if (url.startsWith('file:') && url.length > 'file:'.length) return resolve(url.slice('file:'.length))
  // Whatever follows the scheme may hold a password.
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? url
  throw new StorageError(
    `storage.url must be file:<path> or file::memory: (PostgreSQL is not supported yet), got ${JSON.stringify(scheme)}`,
  )
}

function pathOfFileUrl(url: string): string {
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw new StorageError(`storage.url must be a valid file URL, got ${JSON.stringify(url)}`, { cause })
  }
}

function open(path: string): Database.Database {
  let database: Database.Database
  try {
    database = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  } catch (error) {
    throw cannotUse(path, 'must be a file, new or old, in an existing folder that may be written', error)
  }
  try {
    // In WAL mode readers and the writer do not block each other; FULL syncs the log at every commit, so that what
    // was acknowledged survives a crash of the machine too.
    database.exec('PRAGMA journal_mode = WAL')
    database.exec('PRAGMA synchronous = FULL')
    database.exec('PRAGMA foreign_keys = ON')
    const [verdict] = database.pragma('quick_check(1)') as { quick_check: string }[]
    if (verdict?.quick_check !== 'ok') throw new Error(verdict?.quick_check ?? 'no verdict')
  } catch (error) {
    database.close()
    throw cannotUse(path, 'must be an undamaged SQLite database that may be written', error)
  }
  return database
}

async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error as Error
}

function cannotUse(path: string, rule: string, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StorageError(`storage.url: ${path} ${rule}: ${reason}`, { cause })
}
