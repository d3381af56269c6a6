import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { freePort } from './free-port.js'
import { installed } from './installed.js'

/** A PostgreSQL server of this test's own. */
export interface PostgresServer {
  /** Makes an empty database. @returns its address, with a password. */
  createDatabase(): Promise<string>
  /** As a server that is shut down, or dies: connections break. */
  stop(): Promise<void>
  /** Again, on the same port, with what it kept. */
  start(): Promise<void>
  /** Stops it and deletes everything. */
  remove(): Promise<void>
}

const DEBIAN = '/usr/lib/postgresql'
/** Debian keeps each version's programs in a folder of its own. */
const FOLDERS = existsSync(DEBIAN)
  ? readdirSync(DEBIAN)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(DEBIAN, version, 'bin'))
  : []

const postgres = installed('postgres', 'postgresql', FOLDERS)
const initdb = installed('initdb', 'postgresql', FOLDERS)
const PASSWORD = 'a pass:word/with@signs'

/** Whether there is one to be started. */
export const hasPostgres = postgres !== undefined && initdb !== undefined

/** Starts a server on a free port of this machine; nothing it keeps is synced to the disk. */
export async function startPostgres(): Promise<PostgresServer> {
  if (postgres === undefined || initdb === undefined) throw new Error('PostgreSQL is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'loadstar-postgres-'))
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, `${PASSWORD}\n`)
  const account = serverAccount()
  if (account) for (const path of [folder, passwordFile]) chownSync(path, account.uid, account.gid)
  const data = join(folder, 'data')
  const made = spawnSync(
    initdb,
    [
      '-D',
      data,
      '-U',
      'loadstar',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale=C',
      '-N',
    ],
    { ...account, cwd: folder, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const port = await freePort()
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off']
  const url = (database: string) =>
    `postgres://loadstar:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`
  let child: ChildProcess | undefined
  let databases = 0
  const server: PostgresServer = {
    async createDatabase() {
      const name = `test_${++databases}`
      const client = new Client(url('postgres'))
      await client.connect()
      await client.query(`CREATE DATABASE ${name}`)
      await client.end()
      return url(name)
    },
    async start() {
      child = spawn(postgres, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
        ...account,
        cwd: folder,
        stdio: 'ignore',
      })
      await untilReady(url('postgres'))
    },
    async stop() {
      if (child?.exitCode !== null || child.signalCode !== null) return
      // Immediately: what nobody asked to be kept need not be written out.
      child.kill('SIGQUIT')
      await once(child, 'exit')
    },
    async remove() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

/** It refuses to run as root. */
function serverAccount(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim())
  return { uid: idOf('-u'), gid: idOf('-g') }
}

const PATIENCE_MS = 30_000
const PAUSE_MS = 50

async function untilReady(url: string): Promise<void> {
  const endMs = Date.now() + PATIENCE_MS
  for (;;) {
    const client = new Client(url)
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (Date.now() > endMs) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}
