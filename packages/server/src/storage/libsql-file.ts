import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { lockFile } from './file-lock.js'
import { StorageError } from './storage-error.js'

/** Milliseconds to wait for whoever looks at the file from outside, e.g. to copy it. */
export const BUSY_TIMEOUT_MS = 5000
/** Of `file::memory:`. */
export const IN_MEMORY = ':memory:'

/**
 * The path of a `file:` address, absolute, or `:memory:`.
 *
 * @throws {StorageError} when it is none.
 */
export function pathOf(url: string): string {
  if (url === 'file::memory:') return IN_MEMORY
  if (url.startsWith('file://')) return pathOfFileUrl(url)
  if (url.startsWith('file:') && url.length > 'file:'.length) return resolve(url.slice('file:'.length))
  // Whatever follows the scheme may hold a password.
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? url
  throw new StorageError(
    `storage.url must be file:<path>, file::memory: or postgres://…, got ${JSON.stringify(scheme)}`,
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

/**
 * Opens the file as the only process that does.
 *
 * @throws {StorageError} when it cannot be opened, is not an undamaged SQLite database, cannot be written, or is in use
 * by another process.
 */
export function openFile(path: string): OpenFile {
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
    `storage.url: ${path} must be used by one process at a time, and another one is using it: stop that one or name another file (several instances on one database: PostgreSQL)`,
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

/** @param path - of the file, or what else is named in its place. */
export function cannotUse(path: string, rule: string, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StorageError(`storage.url: ${path} ${rule}: ${reason}`, { cause })
}
