import { realpathSync } from 'node:fs'
import Database from 'libsql'

/** Milliseconds that a process which is just ending gets to let go. */
const PATIENCE_MS = 1000

/**
 * Makes this the only process on a database file until the returned function is called or the process ends, kill -9
 * included: the kernel holds the lock, on an empty file beside it.
 *
 * Not on the database itself: others may go on reading that, for a copy while it is in use.
 *
 * @param path - of a file that exists; every name of it that is a symbolic link is the same file.
 * @returns `undefined` when another process has it.
 * @throws what SQLite throws when the folder cannot be written.
 */
export function lockFile(path: string): (() => void) | undefined {
  const lock = new Database(`${realpathSync(path)}-lock`, { timeout: PATIENCE_MS })
  try {
    // Nothing is ever written to it, so it needs no journal.
    lock.exec('PRAGMA journal_mode = OFF')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if ((error as { readonly code?: unknown }).code === 'SQLITE_BUSY') return undefined
    throw error
  }
  return () => {
    lock.exec('ROLLBACK')
    lock.close()
  }
}
