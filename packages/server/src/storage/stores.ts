import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { Kysely, Migrator } from 'kysely'
import type { AlertStore } from '../alerts/store.js'
import type { RegistryStore } from '../registry/store.js'
import { lockFile } from './file-lock.js'
import { libsqlDialect } from './libsql-dialect.js'
import { MIGRATIONS } from './migrations.js'
import { SqlAlertStore } from './sql-alert-store.js'
import { SqlRegistryStore } from './sql-registry-store.js'
import { StorageError } from './storage-error.js'
import type { Tables } from './tables.js'

/** Milliseconds to wait for whoever looks at the file from outside, e.g. to copy it. */
const BUSY_TIMEOUT_MS = 5000
const IN_MEMORY = ':memory:'

/** What is kept in one database, by who uses it. */
export interface Stores {
  readonly registry: RegistryStore
  readonly alerts: AlertStore
  close(): Promise<void>
}

/**
 * Opens the database, as the only process that does, and brings its tables up to date.
 *
 * @param url - `file:<path>` (relative to the working directory) or `file::memory:`. The folder must exist.
 * @throws {StorageError} when the scheme is not supported, or the file cannot be opened, is not an undamaged SQLite
 * database, cannot be written, is in use by another process, or was written by a newer release.
 *
 * Time grows with the size of the file: its structure is checked once.
 */
export async function openStores(url: string): Promise<Stores> {
  const path = pathOf(url)
  const { database, release } = open(path)
  const db = new Kysely<Tables>({ dialect: libsqlDialect(database, release) })
  try {
    await migrate(db)
  } catch (error) {
    await db.destroy()
    throw cannotUse(path, 'must be writable and written by this or an earlier release', error)
  }
  return { registry: new SqlRegistryStore(db), alerts: new SqlAlertStore(db), close: () => db.destroy() }
}

function pathOf(url: string): string {
  if (url === 'file::memory:') return IN_MEMORY
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

interface OpenFile {
  readonly database: Database.Database
  /** Lets other processes have the file. */
  readonly release: () => void
}

function open(path: string): OpenFile {
  let database: Database.Database
  try {
    database = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  } catch (cause) {
    const rule = 'must be a file, new or old, in an existing folder that may be written'
    throw new StorageError(`storage.url: ${path} ${rule}: ${whyNotOpened(path)}`, { cause })
  }
  let release: () => void = () => undefined
  try {
    if (path !== IN_MEMORY) release = onlyProcess(path)
    prepare(database)
  } catch (error) {
    database.close()
    release()
    if (error instanceof StorageError) throw error
    throw cannotUse(path, 'must be an undamaged SQLite database that may be written', error)
  }
  return { database, release }
}

/** What SQLite tells by a mere number. */
function whyNotOpened(path: string): string {
  if (!existsSync(dirname(path))) return `the folder ${dirname(path)} does not exist`
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return 'it is a folder'
  return 'it cannot be opened for writing'
}

function onlyProcess(path: string): () => void {
  const release = lockFile(path)
  if (release !== undefined) return release
  throw new StorageError(
    `storage.url: ${path} must be used by one process at a time, and another one is using it: stop that one or name another file (several instances on one database come with PostgreSQL)`,
  )
}

function prepare(database: Database.Database): void {
  // In WAL mode readers and the writer do not block each other; FULL syncs the log at every commit, so that what
  // was acknowledged survives a crash of the machine too.
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
  database.exec('PRAGMA foreign_keys = ON')
  const [verdict] = database.pragma('quick_check(1)') as { quick_check: string }[]
  if (verdict?.quick_check !== 'ok') throw new Error(verdict?.quick_check ?? 'no verdict')
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
