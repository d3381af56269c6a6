import { Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import type { Pool } from 'pg'
import { StoreUnavailable } from '../registry/store.js'
import { migrate, type Schema } from './migrate.js'
import { StorageError } from './storage-error.js'

/** Registry changes are few and the history writes in batches: more connections would only wait for each other. */
const MOST_CONNECTIONS = 8
const CONNECT_TIMEOUT_MS = 10_000

/** Hears of connections that broke while nobody used them. */
interface Log {
  warn(fields: object, message: string): void
}

export function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/i.test(url)
}

/**
 * Opens a PostgreSQL database and brings its tables up to date, under a lock that instances starting together share.
 *
 * @throws {StorageError} when it cannot be reached, refuses, or was written by a newer release; without the password.
 */
export async function openPostgres<Tables>(url: string, schema: Schema, log?: Log): Promise<Kysely<Tables>> {
  // Only here: it would make every start slower.
  const { Pool: Connections, TypeOverrides, types } = await import('pg')
  // Whole numbers of 64 bits as numbers: none that is stored or counted exceeds 2^53.
  const numbers = new TypeOverrides()
  numbers.setTypeParser(types.builtins.INT8, Number)
  const pool = new Connections({
    connectionString: checked(url),
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'loadstar',
    types: numbers,
  })
  // Without a listener a server that goes away would end the process. The next query connects anew.
  pool.on('error', (error) => log?.warn({ reason: error.message }, 'a connection to the database broke'))
  // Nor may one that breaks between two queries of a transaction: the next of them says so.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: reachable(pool) }) })
  try {
    await migrate(db, 'postgres', schema)
    return db
  } catch (cause) {
    await db.destroy()
    const rule =
      'must be a PostgreSQL database that can be reached and was written by this or an earlier release'
    throw new StorageError(`storage.url: ${placeOf(url)} ${rule}: ${reasonOf(cause)}`, { cause })
  }
}

/** The pool, saying so where there is nobody to connect to. */
function reachable(pool: Pool): PostgresPool {
  return {
    connect: () =>
      pool.connect().catch((cause: unknown) => {
        throw new StoreUnavailable(`the database cannot be reached: ${reasonOf(cause)}`, { cause })
      }),
    end: () => pool.end(),
  }
}

function checked(url: string): string {
  if (URL.canParse(url)) return url
  throw new StorageError(
    'storage.url must be postgres://user:password@host:port/database, got one that cannot be read',
  )
}

/** Without user and password, and without parameters, which may hold one too. */
function placeOf(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

function reasonOf(error: unknown): string {
  // Of several addresses of one name each has its own error.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message || error.name : String(error)
}
