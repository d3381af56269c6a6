/** What somebody did in one interval, as it is kept. */
export interface Rollup {
  readonly stepMs: number
  /** Unix milliseconds, a multiple of the step. */
  readonly startMs: number
  /** `all`, `model:<id>` or `agent:<id>`. */
  readonly subject: string
  /** Which start of which process counted it: several may share a database, and one may stop within an interval. */
  readonly instance: string
  readonly requests: number
  readonly completed: number
  /** Of those that tell anything, how many went well. */
  readonly succeeded: number
  readonly judged: number
  readonly calls: number
  readonly failures: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsd: number
  /** Of each measure, encoded; `packSketches` writes it. */
  readonly sketches: Uint8Array
}

export interface RollupRange {
  readonly stepMs: number
  readonly subject: string
  /** Unix milliseconds: intervals that begin at or after it, */
  readonly fromMs: number
  /** and before this. */
  readonly toMs: number
}

/** Keeps rollups beyond the life of a process. */
export interface RollupStore {
  /** Each replaces the one of the same step, start, subject and instance. */
  put(rollups: readonly Rollup[]): Promise<void>
  /** By start. */
  read(range: RollupRange): Promise<Rollup[]>
  /** Forgets intervals of the step that began before the time. */
  prune(stepMs: number, beforeMs: number): Promise<void>
}
