import { realpathSync } from 'node:fs'
import { Kysely } from 'kysely'
import type { AlertStore } from '../alerts/store.js'
import type { HistoryStore } from '../history/store.js'
import type { QualityStore } from '../learning/quality-store.js'
import type { BudgetStore } from '../budgets/store.js'
import type { RegistryStore } from '../registry/store.js'
import type { RollupStore } from '../telemetry/rollup-store.js'
import { HistoryThread } from './history-thread.js'
import { libsqlDialect } from './libsql-dialect.js'
import { cannotUse, IN_MEMORY, openFile, pathOf } from './libsql-file.js'
import { migrate } from './migrate.js'
import { migrationsWith } from './migrations.js'
import { isPostgres, openPostgres } from './postgres.js'
import { SqlAlertStore } from './sql-alert-store.js'
import { SqlQualityStore } from './sql-quality-store.js'
import { SqlBudgetStore } from './sql-budget-store.js'
import { SqlRegistryStore } from './sql-registry-store.js'
import { SqlRollupStore } from './sql-rollup-store.js'
import type { Tables } from './tables.js'

/** What is kept in one database, by who uses it. */
export interface Stores {
  readonly registry: RegistryStore
  readonly alerts: AlertStore
  readonly quality: QualityStore
  readonly rollups: RollupStore
  readonly budgets: BudgetStore
  /**
   * The history of decisions, in a thread of its own: in a file beside that of the others, or in the same server. Opened
   * once, and closed with the others at the latest.
   *
   * @throws {StorageError} as `openStores`.
   */
  openHistory(): Promise<HistoryStore>
  close(): Promise<void>
}

interface StoresOptions {
  /** Hears of connections that broke while nobody used them. */
  readonly log?: { warn(fields: object, message: string): void }
}

/**
 * Opens the database and brings its tables up to date.
 *
 * @param url - `file:<path>` (relative to the working directory; the folder must exist), `file::memory:`, or
 * `postgres://user:password@host:port/database`.
 * @throws {StorageError} when the scheme is not supported; when a file cannot be opened, is not an undamaged SQLite
 * database, cannot be written or is in use by another process; when a PostgreSQL server cannot be reached or refuses;
 * when the tables were written by a newer release.
 *
 * Time grows with the size of a file: its structure is checked once.
 */
export async function openStores(url: string, options: StoresOptions = {}): Promise<Stores> {
  const db = isPostgres(url) ? await openPostgres<Tables>(url, SCHEMA, options.log) : await openLibsql(url)
  let history: HistoryStore | undefined
  return {
    registry: new SqlRegistryStore(db),
    alerts: new SqlAlertStore(db),
    quality: new SqlQualityStore(db),
    rollups: new SqlRollupStore(db),
    budgets: new SqlBudgetStore(db),
    openHistory: async () => (history = await HistoryThread.open(historyPlace(url))),
    close: async () => {
      await history?.close()
      await db.destroy()
    },
  }
}

/** Apart from the other tables' file: neither then waits for the other's writes, and starting need not check it all. */
function historyPlace(url: string): string {
  if (isPostgres(url)) return url
  const path = pathOf(url)
  return path === IN_MEMORY ? path : `${realpathSync(path)}-history`
}

const SCHEMA = { migrations: migrationsWith }

async function openLibsql(url: string): Promise<Kysely<Tables>> {
  const path = pathOf(url)
  const { database, release } = openFile(path)
  const db = new Kysely<Tables>({ dialect: libsqlDialect(database, release) })
  try {
    await migrate(db, 'sqlite', SCHEMA)
    return db
  } catch (error) {
    await db.destroy()
    throw cannotUse(path, 'must be writable and written by this or an earlier release', error)
  }
}
