/** How somebody does at this moment, or a second ago. */
export interface Pulse {
  /** Ended requests (of a model, those it was asked for last) a second, over the last ten to twenty seconds. */
  readonly requestsPerSecond: number
  /** Tokens of answers that ended a second, over the same time. */
  readonly tokensPerSecond: number
  /** 0..1, of the last minute; `null` when nothing ended that tells. */
  readonly successRate: number | null
  /** Milliseconds of completed requests of the last minute; `null` when there were none. */
  readonly avgMs: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
}

/** What the live events read of what was measured: cheap enough to be asked of every model several times a second. */
export interface PulseView {
  all(): Pulse
  /** `undefined` for one that is not measured by its own. */
  model(id: string): Pulse | undefined
}
