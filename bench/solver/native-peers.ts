import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Instance } from './families.js'
import { seatsIn, type Missing, type Peer, type Timing } from './peer.js'

/** A solver in a process of its own that answers one line per line. */
class Helper {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #lines: Interface
  readonly #answers: AsyncIterator<string>

  constructor(command: string, args: readonly string[]) {
    this.#process = spawn(command, args)
    this.#process.stderr.pipe(process.stderr)
    this.#lines = createInterface({ input: this.#process.stdout })
    this.#answers = this.#lines[Symbol.asyncIterator]()
  }

  async ask(line: string): Promise<Timing> {
    this.#process.stdin.write(`${line}\n`)
    const next: IteratorResult<string, unknown> = await this.#answers.next()
    if (next.done === true) throw new Error(`the process of a peer ended at: ${line}`)
    const answer = JSON.parse(next.value) as Timing | { error: string }
    if ('error' in answer) throw new Error(`${answer.error}: ${line}`)
    return answer
  }

  close(): void {
    this.#process.stdin.end()
  }
}

/** @param fileOf - where an instance has been written for other processes. */
export function lemonPeers(
  folder: string,
  fileOf: (instance: Instance) => string,
): readonly (Peer | Missing)[] {
  const source = fileURLToPath(new URL('lemon.cpp', import.meta.url))
  const program = join(folder, 'lemon')
  const methods = ['network_simplex', 'network_simplex_plain', 'cost_scaling']
  try {
    execFileSync(
      'g++',
      ['-O3', '-march=native', '-DNDEBUG', '-std=c++17', source, '-o', program, '-llemon'],
      {
        stdio: 'pipe',
      },
    )
  } catch (error) {
    const reason = (error as Error).message.split('\n')[1] ?? 'does not compile'
    return methods.map((method) => ({
      name: `lemon_${method}`,
      reason,
      install: 'apt-get install g++ liblemon-dev',
    }))
  }
  const helper = new Helper(program, [])
  return methods.map((method) => ({
    name: `lemon_${method}`,
    timed: 'solve alone' as const,
    accepts: ({ problem: { rows, cols } }: Instance, isLong: boolean) =>
      isLong || method === 'cost_scaling' || rows * cols <= 1e6,
    solve: (instance: Instance, forMs: number) => helper.ask(`${method} ${fileOf(instance)} ${forMs}`),
    close: () => helper.close(),
  }))
}

/** Replicated columns beyond this take minutes a solve. */
const MOST_REPLICATED = { usual: 1.6e6, long: 1.1e8 }

export function scipyPeer(fileOf: (instance: Instance) => string): Peer | Missing {
  const name = 'scipy_lsa'
  try {
    execFileSync('python3', ['-c', 'import scipy.optimize'], { stdio: 'pipe' })
  } catch {
    return { name, reason: 'python3 has no scipy', install: 'apt-get install python3-scipy' }
  }
  const helper = new Helper('python3', [fileURLToPath(new URL('scipy_lsa.py', import.meta.url))])
  return {
    name,
    timed: 'solve alone',
    accepts: (instance, isLong) =>
      instance.problem.rows * seatsIn(instance) <= (isLong ? MOST_REPLICATED.long : MOST_REPLICATED.usual),
    solve: (instance, forMs) => helper.ask(`lsa ${fileOf(instance)} ${forMs}`),
    close: () => helper.close(),
  }
}
