/** What was measured of a model, or of one agent with it, of late. */
export interface Performance {
  /** Requests it is known by, ≥ 0; those of longer ago count less, so it need not be whole. */
  readonly requests: number
  /** Share of them that were answered whole, 0..1. */
  readonly successRate: number
  /** Mean milliseconds of whole answers; `null` where there was none. */
  readonly latencyMs: number | null
  /** How many times as long as usual for their lengths the answers took, 1 being usual; `null` where there was none. */
  readonly slowness: number | null
}
