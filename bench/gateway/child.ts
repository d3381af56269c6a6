import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The process under test has this core to itself, as far as the machine allows. */
export const TESTED_CORE = 0
/** Clients and models share the other one. */
export const LOAD_CORE = 1

interface Start {
  readonly command: string
  readonly args: readonly string[]
  readonly core: number
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** A channel for messages, where the child is one of ours. */
  readonly hasChannel?: boolean
}

interface Child {
  readonly pid: number
  readonly process: ChildProcess
  stop(): Promise<void>
}

const STOP_MS = 5_000
const LAST_LINES = 20

const running = new Set<ChildProcess>()
const scratches = new Set<string>()

/** Nobody is left behind, however the bench ends. */
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  for (const path of scratches) rmSync(path, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

/** Starts a program on one core; what it says is kept, and shown if it ends by itself. */
export function startChild({ command, args, core, cwd, env, hasChannel = false }: Start): Child {
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...(hasChannel ? (['ipc'] as const) : [])]
  const child = spawn('taskset', ['-c', String(core), command, ...args], {
    stdio,
    cwd,
    env: { ...process.env, ...env },
  })
  running.add(child)
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => {
      said.push(text.toString())
      if (said.length > LAST_LINES) said.shift()
    })
  }
  let isStopping = false
  child.once('exit', (code, signal) => {
    running.delete(child)
    if (!isStopping) console.error(`${command} ended (${code ?? signal ?? ''}): ${said.join('')}`)
  })
  if (child.pid === undefined) throw new Error(`${command} cannot be started`)
  return {
    pid: child.pid,
    process: child,
    async stop() {
      isStopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const killing = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(killing)
    },
  }
}

/** Puts this process, the client, on the core of the load. */
export function pinSelf(): void {
  const pinned = spawnSync('taskset', ['-a', '-cp', String(LOAD_CORE), String(process.pid)])
  if (pinned.status !== 0)
    throw new Error('taskset is needed (Debian: apt-get install util-linux), and two cores')
}

/** Whether a program answers when asked for its version. */
export function hasProgram(command: string): boolean {
  return spawnSync(command, ['-v']).status === 0
}

/** A folder that is gone after the run. */
export function scratch(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'loadstar-bench-'))
  scratches.add(path)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const START_MS = 20_000
const ASK_MS = 50

/** Resolves when somebody listens. */
export async function untilListening(port: number, { process: child }: Child): Promise<void> {
  const dueMs = performance.now() + START_MS
  while (performance.now() < dueMs) {
    if (child.exitCode !== null) break
    if (await listens(port)) return
    await new Promise((resolve) => setTimeout(resolve, ASK_MS))
  }
  throw new Error(`${child.spawnargs.join(' ')} does not listen on port ${port}`)
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}
