import { RecentValues } from '../../caches/recent-values.js'
import type { RunCacheConfig } from '../../config/config.js'
import { runKey } from './run-key.js'
import { SolveError } from './solve-error.js'
import type { Solver } from './solver.js'
import type { Solved, SolveTask } from './task.js'

/** Where a result came from: kept, from a run that somebody else had begun, or made for this request. */
type RunOrigin = 'hit' | 'shared' | 'miss'

interface KeptRun {
  readonly solved: Solved
  /** Unix milliseconds of its end. */
  readonly madeMs: number
}

interface Asked {
  /** Loads within a step of the configuration are the same. */
  readonly isCoarse: boolean
  /** Makes the run, whatever is kept, and keeps it. */
  readonly isFresh?: boolean
  readonly signal?: AbortSignal
}

/** What came of the cache since the start, and what it holds. */
export interface RunCacheCounts extends Readonly<Record<RunOrigin, number>> {
  readonly entries: number
  readonly bytes: number
}

interface RunCacheParts {
  readonly solver: Pick<Solver, 'solve'>
  readonly options: RunCacheConfig
  readonly clock: () => number
}

/** A run that is under way, and how many wait for it. */
interface Flight {
  readonly landed: Promise<KeptRun>
  readonly stop: AbortController
  waiting: number
}

/** Of a result as the worker handed it over, per assignment: estimated for names of a dozen characters. */
const BYTES_PER_ASSIGNMENT = 700

/**
 * Results of assignment runs, each found again by everything it depends on. Equal runs that are asked for at once are
 * made once, and stopped when the last who asked has left. Failed runs are not kept.
 */
export class RunCache {
  readonly #parts: RunCacheParts
  readonly #kept: RecentValues<KeptRun>
  readonly #flights = new Map<string, Flight>()
  readonly #counts: Record<RunOrigin, number> = { hit: 0, shared: 0, miss: 0 }

  constructor(parts: RunCacheParts) {
    const { options, clock } = parts
    this.#parts = parts
    this.#kept = new RecentValues({ maxBytes: options.maxBytes, ttlMs: options.ttlMs, clock })
  }

  get isOn(): boolean {
    return this.#parts.options.ttlMs > 0
  }

  counts(): RunCacheCounts {
    return { ...this.#counts, entries: this.#kept.size, bytes: this.#kept.bytes }
  }

  /** Fails as `Solver.solve` does; without keeping anything, when it is off. */
  async solve(task: SolveTask, asked: Asked): Promise<KeptRun & { readonly origin: RunOrigin }> {
    const { solver, options, clock } = this.#parts
    const { isCoarse, isFresh = false, signal } = asked
    if (!this.isOn) return { solved: await solver.solve(task, signal), madeMs: clock(), origin: 'miss' }
    const key = `${task.wantsResult}${runKey(task.input, isCoarse ? options.loadStep : 0)}`
    const kept = isFresh ? undefined : this.#kept.get(key)
    if (kept) return { ...kept, origin: this.#counted('hit') }
    const running = isFresh ? undefined : this.#flights.get(key)
    const origin = this.#counted(running ? 'shared' : 'miss')
    return { ...(await this.#wait(key, running ?? this.#begin(key, task), signal)), origin }
  }

  #counted(origin: RunOrigin): RunOrigin {
    this.#counts[origin]++
    return origin
  }

  #begin(key: string, task: SolveTask): Flight {
    const stop = new AbortController()
    const flight: Flight = { landed: this.#make(key, task, stop.signal), stop, waiting: 0 }
    this.#flights.set(key, flight)
    const forget = () => this.#forget(key, flight)
    flight.landed.then(forget, forget)
    return flight
  }

  /** Nobody waits for it any more; who asks from here on begins a run of its own. */
  #abandon(key: string, flight: Flight): void {
    this.#forget(key, flight)
    flight.stop.abort()
  }

  #forget(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }

  async #make(key: string, task: SolveTask, signal: AbortSignal): Promise<KeptRun> {
    const solved = await this.#parts.solver.solve(task, signal)
    const run = { solved: { ...solved, pieces: [...solved.pieces] }, madeMs: this.#parts.clock() }
    this.#kept.put(key, run, bytesOf(run.solved))
    return run
  }

  #wait(key: string, flight: Flight, signal: AbortSignal | undefined): Promise<KeptRun> {
    flight.waiting++
    if (signal === undefined) return flight.landed
    return new Promise((resolve, reject) => {
      const leave = () => {
        flight.waiting--
        if (flight.waiting === 0) this.#abandon(key, flight)
        reject(new SolveError('SOLVE_CANCELLED', 'the run was cancelled'))
      }
      signal.addEventListener('abort', leave, { once: true })
      flight.landed.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
      if (signal.aborted) leave()
    })
  }
}

function bytesOf({ result, pieces }: Solved & { readonly pieces: readonly (string | Uint8Array)[] }): number {
  const written = pieces.reduce((sum, { length }) => sum + length, 0)
  return written + (result?.assignments.length ?? 0) * BYTES_PER_ASSIGNMENT
}
