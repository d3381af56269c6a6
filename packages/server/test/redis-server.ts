import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './free-port.js'
import { installed } from './installed.js'

/** A Redis server of this test's own. */
export interface RedisServer {
  /** With its password. */
  readonly url: string
  /** Connections break, and what it kept is lost. */
  stop(): Promise<void>
  /** It takes what it is sent and answers nothing. */
  freeze(): void
  thaw(): void
  /** Again, on the same port. */
  start(): Promise<void>
  /** Stops it and deletes everything. */
  remove(): Promise<void>
}

const program = installed('redis-server', 'redis-server')
const PASSWORD = 'a-pass/word@1'

/** Whether there is one to be started. */
export const hasRedis = program !== undefined

/** Starts a server on a free port of this machine; nothing it keeps goes to the disk. */
export async function startRedis(): Promise<RedisServer> {
  if (program === undefined) throw new Error('Redis is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'loadstar-redis-'))
  const port = await freePort()
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ]
  let child: ChildProcess | undefined
  const server: RedisServer = {
    url: `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/1`,
    async start() {
      child = spawn(program, [...args, '--requirepass', PASSWORD], { stdio: 'ignore' })
      await untilReady(server.url)
    },
    async stop() {
      if (child?.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async remove() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

async function untilReady(url: string): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: 100, retryStrategy: () => 50 })
  client.on('error', () => undefined)
  try {
    await client.ping()
  } finally {
    client.disconnect()
  }
}
