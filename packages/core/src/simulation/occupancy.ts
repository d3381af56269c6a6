/** What a model carried over a span of time: areas under its curves, exact. */
export class Occupancy {
  readonly #fromMs: number
  readonly #toMs: number
  #sinceMs = 0
  /** Request-milliseconds, slot-milliseconds, and milliseconds above target. */
  #held = 0
  #slots = 0
  #overTarget = 0

  /** Only what lies between the two times counts. */
  constructor(fromMs: number, toMs: number) {
    this.#fromMs = fromMs
    this.#toMs = toMs
  }

  /** Since the last call, and until `nowMs`, the model carried `held` requests on `slots` slots. */
  until(nowMs: number, held: number, slots: number, targetSlots: number): void {
    const ms = Math.min(nowMs, this.#toMs) - Math.max(this.#sinceMs, this.#fromMs)
    this.#sinceMs = nowMs
    if (ms <= 0) return
    this.#held += held * ms
    this.#slots += slots * ms
    if (held > targetSlots) this.#overTarget += ms
  }

  /** Mean share of its slots in use; 0 when it never had any. */
  get utilization(): number {
    return this.#slots === 0 ? 0 : this.#held / this.#slots
  }

  /** Share of the time with more requests than its target has slots, 0..1. */
  get overTargetShare(): number {
    const ms = this.#toMs - this.#fromMs
    return ms <= 0 ? 0 : this.#overTarget / ms
  }
}
