export interface SlowStart {
  /** Milliseconds ≥ 0 until a model that came back may use all its slots; 0 gives them at once. */
  readonly windowMs: number
  /** Share of its slots it may use at once, 0..1; never fewer than one slot. */
  readonly minShare: number
  /** > 0. 1 grows evenly; greater ones grow fast first, smaller ones late. */
  readonly aggression: number
}

/** Slots × share is a product of decimals: 0.7 × 10 must not read as 6. */
const TOLERANCE = 1e-9

/**
 * Slots of `full` that may be used `elapsedMs` after the model came back: a whole number, 1..`full`, never falling with
 * time: `full × max(minShare, (t / window)^(1 / aggression))`.
 *
 * Envoy's slow start ("weight × max(min_weight_percent, time_factor ^ (1 / aggression))", docs of
 * `SlowStartConfig`), on slots instead of weights, as HAProxy's `slowstart` does with `maxconn`: a weight only shifts
 * work, slots bound it.
 */
export function rampSlots(full: number, elapsedMs: number, ramp: SlowStart): number {
  if (elapsedMs >= ramp.windowMs) return full
  const share = Math.max(ramp.minShare, (elapsedMs / ramp.windowMs) ** (1 / ramp.aggression))
  return Math.min(full, Math.max(1, Math.floor(full * share + TOLERANCE)))
}

/** Milliseconds after the model came back at which `rampSlots` exceeds `slots`, 0 ≤ slots < full. */
export function rampExceedsMs(slots: number, full: number, ramp: SlowStart): number {
  const ms = Math.ceil(ramp.windowMs * ((slots + 1) / full) ** ramp.aggression)
  return Math.min(ms, ramp.windowMs)
}
