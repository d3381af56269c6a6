import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** The built `loadstar`, running in a process of its own. */
export interface Running {
  readonly child: ChildProcess
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

export interface RunningGateway extends Running {
  readonly url: string
}

export interface RunningFleet extends Running {
  readonly models: readonly { readonly id: string; readonly url: string; readonly base_url: string }[]
}

/** What a simulated model server says of itself. */
export interface ModelStats {
  readonly active: number
  readonly served: number
  readonly refused: number
  readonly aborted: number
  readonly peak_concurrency: number
}

/** A folder that is gone after the tests. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'loadstar-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Starts `loadstar serve` with this configuration, once it listens; on a free port unless one is given. */
export async function serve(folder: string, yaml: string, workers = 1, port = 0): Promise<RunningGateway> {
  const file = join(folder, 'loadstar.yaml')
  writeFileSync(file, yaml)
  const running = run(['serve', '-c', file, '--port', String(port), '--workers', String(workers)], folder)
  const line = await lineWith(running, 'Gateway')
  return { ...running, url: new URL(line.slice(line.indexOf('http'))).origin }
}

/** Starts `loadstar fleet` with this description, once every server listens. */
export async function startFleet(folder: string, document: object): Promise<RunningFleet> {
  const running = run(['fleet', '-', '--json'], folder)
  running.child.stdin?.end(JSON.stringify(document))
  const { models } = JSON.parse(await lineWith(running, 'models')) as Pick<RunningFleet, 'models'>
  return { ...running, models }
}

/** Ids of the processes that a gateway has started, oldest first. */
export function workersOf({ child }: Running): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean).map(Number)
}

export async function stop({ child, ended }: Running): Promise<void> {
  child.kill('SIGTERM')
  await ended
}

export async function getJson<T>(url: string, headers: Readonly<Record<string, string>> = {}): Promise<T> {
  const response = await fetch(url, { headers })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

function run(args: readonly string[], cwd: string): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, LOG_LEVEL: 'error' },
  })
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal))
  })
  return { child, ended }
}

async function lineWith({ child, ended }: Running, word: string): Promise<string> {
  const lines: string[] = []
  const found = new Promise<string>((resolve) => {
    // Reading goes on after the line is found, or the pipe would fill up.
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      lines.push(line)
      if (line.includes(word)) resolve(line)
    })
  })
  const failed = ended.then((code) => {
    throw new Error(`it ended with ${code} before it said ${word}: ${lines.join('\n')}`)
  })
  return Promise.race([found, failed])
}
