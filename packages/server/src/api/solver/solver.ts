import { availableParallelism } from 'node:os'
import type { AssignInput } from '@loadstar/core'
import { Piscina } from 'piscina'
import { SolveError } from './solve-error.js'
import type { WorkerOutcome } from './solve-worker.js'
import { perform, type Solved, type SolveTask } from './task.js'

/** Runs assignments: small ones here, large ones in a worker thread while the event loop serves others. */
export interface Solver {
  /**
   * @throws {LoadstarError} for an input that does not check.
   * @throws {SolveError} past the time limit, when `signal` aborts (the thread is ended), or with too many waiting.
   */
  solve(task: SolveTask, signal?: AbortSignal): Promise<Solved>
  /** Runs in worker threads or waiting for one. */
  pending(): number
  close(): Promise<void>
}

interface SolverOptions {
  /** Milliseconds for one run in a worker, waiting for it included. */
  readonly timeLimitMs: number
  readonly workerFile?: URL
  /** See `workOf`; larger runs go to a worker. */
  readonly mostInlineWork?: number
}

/**
 * Scores looked at beyond which a run goes to a worker: below, it holds the event loop hardly longer than handing it
 * over would; measured in docs/benchmarks.md.
 */
export const MOST_INLINE_WORK = 20_000
/** Relaxations that several seats or groups may take. */
const ROUNDS_WITHIN_BOUND = 60
/** Runs that may wait for a thread: more would not be done within the patience of whoever asked. */
const MOST_WAITING = 16
/** A warm thread solves several times faster than a new one, and costs some 20 MB. */
const IDLE_THREAD_MS = 60_000

/**
 * Threads are those of piscina, not of node:worker_threads alone: it keeps them warm between runs (a cold one solves
 * several times slower), bounds the queue, and ends the thread of a run that is aborted, which is the only way to stop
 * a computation that never yields.
 */
export function createSolver({
  timeLimitMs,
  workerFile = WORKER_FILE,
  mostInlineWork = MOST_INLINE_WORK,
}: SolverOptions): Solver {
  // Made when first needed: most instances never solve anything large.
  let pool: Piscina | undefined
  let pending = 0
  const openPool = () =>
    new Piscina({
      filename: workerFile.href,
      minThreads: 0,
      // One processor is left to live traffic.
      maxThreads: Math.max(1, Math.min(2, availableParallelism() - 1)),
      maxQueue: MOST_WAITING,
      idleTimeout: IDLE_THREAD_MS,
    })
  return {
    async solve(task, signal) {
      if (workOf(task.input) <= mostInlineWork) return perform(task)
      pool ??= openPool()
      pending++
      try {
        const outcome = await inWorker(pool, task, timeLimitMs, signal)
        // The same call fails here with the same error, for checks come before work.
        return outcome.kind === 'solved' ? outcome.solved : perform(task)
      } finally {
        pending--
      }
    },
    pending: () => pending,
    close: async () => pool?.destroy(),
  }
}

const WORKER_FILE = new URL('./solve-worker.js', import.meta.url)

async function inWorker(
  pool: Piscina,
  task: SolveTask,
  timeLimitMs: number,
  signal: AbortSignal | undefined,
): Promise<WorkerOutcome> {
  const timeout = AbortSignal.timeout(timeLimitMs)
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  try {
    return (await pool.run(task, { signal: either })) as WorkerOutcome
  } catch (error) {
    if (signal?.aborted === true) throw new SolveError('SOLVE_CANCELLED', 'the run was cancelled')
    if (timeout.aborted) {
      const message = `the assignment took longer than assignment.time_limit_ms = ${timeLimitMs}`
      throw new SolveError('SOLVE_TIMEOUT', message)
    }
    if (error instanceof Error && /queue is at limit/i.test(error.message)) {
      throw new SolveError('SOLVER_BUSY', `${MOST_WAITING} assignments are waiting already`)
    }
    throw error
  }
}

/** Scores that a run looks at, roughly. */
export function workOf({
  agents,
  models,
  strategy,
  explain,
  constraints,
  antiAffinity,
}: AssignInput): number {
  const seats = agents.reduce((sum, { id }) => sum + (constraints?.get(id)?.demand ?? 1), 0)
  const cells = seats * models.length
  if (strategy !== 'optimal') return cells
  const isFlow = seats === agents.length && (antiAffinity?.length ?? 0) === 0
  if (!isFlow) return cells * ROUNDS_WITHIN_BOUND
  return explain === true ? cells * (1 + models.length) : cells
}
