import type { RandomSource } from '../random.js'
import { Breaker, type BreakerState, type Verdict } from './breaker.js'
import { closedUntilMs } from './closure.js'
import { DiscoveredLimit, type RateLimits, type RequestSize } from './discovered.js'
import type { AnswerTimes } from './gradient.js'
import type { HealthRules } from './options.js'
import { FailurePenalty } from './penalty.js'
import { rampExceedsMs, rampSlots } from './slow-start.js'

/** How one model is, for people. */
export interface HealthView {
  readonly breaker: BreakerState['kind']
  /** When an open breaker lets a probe through; `null` when it is not open. */
  readonly breakerUntilMs: number | null
  /** Until when the model asked to be left alone; `null` when it did not. */
  readonly closedUntilMs: number | null
  /** When a slow start gives all slots; `null` when none goes on. */
  readonly slowStartUntilMs: number | null
  /** Slots that may be used now: none while open or closed, the probes while half open, never above `maxConcurrent`. */
  readonly usableSlots: number
  /** Slots the discovered limit proposes, applied or not; `maxConcurrent` while nothing speaks for fewer. */
  readonly proposedSlots: number
  /** Milliseconds its failures add to the time a request is expected to take there; 0 without failures. */
  readonly penaltyMs: number
}

/** Why a model is given fewer requests than its configuration would let it have. */
export type HealthReason = 'closed_until' | 'breaker_open' | 'slow_start' | 'discovered_limit'

/**
 * How well one model is, and what follows for how many requests it may be given: breaker, closure by retry-after, slow
 * start, discovered limit and penalty together. The three fields decisions read are plain numbers, set anew when
 * something changes; what time alone changes takes effect in `turn`.
 */
export class ModelHealth {
  /** Requests that may be in flight at once, others' included; at most the cap. */
  slots = 0
  /** Requests that may be started now besides, `Infinity` where nothing holds them back. */
  starts = Infinity
  /** `starts` when breakers are ignored. */
  startsInPanic = Infinity
  /** Whether the breaker is not closed: its slots count as shut for the panic threshold. */
  isShut = false
  /** When `turn` has something to do; `Infinity` when nothing is pending. */
  nextChangeMs = Infinity
  readonly #rules: HealthRules
  readonly #changed: () => void
  readonly #breaker: Breaker
  readonly #penalty: FailurePenalty
  readonly #discovered = new DiscoveredLimit()
  #cap = 0
  /** When it was looked at last; enough for what does not depend on time. */
  #nowMs = 0
  #closedUntilMs = -Infinity
  #rampFromMs = -Infinity

  /** @param changed - called after `slots` or `starts` were set. */
  constructor(rules: HealthRules, random: RandomSource, changed: () => void) {
    this.#rules = rules
    this.#changed = changed
    this.#breaker = new Breaker(rules.breaker, random)
    this.#penalty = new FailurePenalty(rules.penalty)
  }

  get breaker(): BreakerState {
    return this.#breaker.state
  }

  /** The configured slots changed. */
  setCap(cap: number): void {
    this.#cap = cap
    this.#refresh(this.#nowMs)
  }

  /** The model is new, or was taken out and is back; begins a slow start where the rules say so. */
  added(nowMs: number): void {
    if (this.#rules.slowStart.whenAdded) this.#rampFromMs = nowMs
    this.#refresh(nowMs)
  }

  /** The model was given a request. @returns what to hand to `ended`. */
  taken(): number {
    const epoch = this.#breaker.taken()
    if (this.isShut && this.starts > 0) {
      this.starts = this.#breaker.starts
      this.#changed()
    }
    return epoch
  }

  /** That request ended. @returns whether the breaker opened, half-opened or closed. */
  ended(epoch: number, verdict: Verdict, nowMs: number): boolean {
    if (verdict !== 'none') this.#penalty.observe(verdict === 'failure', nowMs)
    const wasShut = this.isShut
    const turned = this.#breaker.ended(epoch, verdict, nowMs)
    if (turned && this.#breaker.state.kind === 'closed') this.#rampFromMs = nowMs
    if (wasShut || turned) this.#refresh(nowMs)
    return turned
  }

  /** The model said to come back in so many milliseconds, ≥ 0. */
  close(retryAfterMs: number, nowMs: number): void {
    this.#closedUntilMs = closedUntilMs(this.#closedUntilMs, retryAfterMs, this.#rules.maxClosedMs, nowMs)
    this.#refresh(nowMs)
  }

  /** An answer came whole. @param inFlight - requests the model held, this one included. */
  answered(times: AnswerTimes, inFlight: number, nowMs: number): void {
    if (this.#cap === 0) return
    this.#discovered.answered(times, inFlight, this.#cap)
    if (this.#rules.limits.apply) this.#refresh(nowMs)
  }

  /** An answer's rate-limit headers said so. */
  told(limits: RateLimits, size: RequestSize, nowMs: number): void {
    const refillMs = this.#discovered.told(limits, size, nowMs)
    if (!this.#rules.limits.apply) return
    if (refillMs > 0) this.close(refillMs, nowMs)
    else this.#refresh(nowMs)
  }

  /** Lets what was due by `nowMs` take effect. @returns whether more may be started than before. */
  turn(nowMs: number): boolean {
    if (nowMs < this.nextChangeMs) return false
    const { slots, starts, startsInPanic } = this
    this.#breaker.turn(nowMs)
    this.#refresh(nowMs)
    return this.slots > slots || this.starts > starts || this.startsInPanic > startsInPanic
  }

  /** Milliseconds that its failures add to what a request is expected to take; see `FailurePenalty`. */
  penaltyMs(typicalMs: number, nowMs: number): number {
    return this.#penalty.ms(typicalMs, nowMs)
  }

  /** Whether `penaltyMs` may be more than 0. */
  get isPenalised(): boolean {
    return this.#penalty.isAny
  }

  /** @param typicalMs - as for `penaltyMs`. */
  view(typicalMs: number, nowMs: number): HealthView {
    const state = this.#breaker.state
    const rampUntilMs = this.#rampFromMs + this.#rules.slowStart.windowMs
    return {
      breaker: state.kind,
      breakerUntilMs: state.kind === 'open' ? state.untilMs : null,
      closedUntilMs: nowMs < this.#closedUntilMs ? this.#closedUntilMs : null,
      slowStartUntilMs: nowMs < rampUntilMs ? rampUntilMs : null,
      usableSlots: Math.min(this.slots, this.#startsAtOnce()),
      proposedSlots: this.#proposedSlots(nowMs),
      penaltyMs: this.penaltyMs(typicalMs, nowMs),
    }
  }

  /** Milliseconds before which nothing can be started; 0 when something can, or when that depends on a probe. */
  heldMs(inPanic: boolean, nowMs: number): number {
    if ((inPanic ? this.startsInPanic : this.starts) > 0) return 0
    const state = this.#breaker.state
    const openUntilMs = state.kind === 'open' && !inPanic ? state.untilMs : 0
    return Math.max(0, openUntilMs - nowMs, this.#closedUntilMs - nowMs)
  }

  /** What keeps the next request from it, most severe first; `undefined` when nothing here does. */
  reason(inPanic: boolean, nowMs: number): HealthReason | undefined {
    if (this.startsInPanic === 0) return 'closed_until'
    if (!inPanic && this.starts === 0) return 'breaker_open'
    if (this.slots >= this.#cap) return undefined
    return this.slots === this.#rampedSlots(nowMs) ? 'slow_start' : 'discovered_limit'
  }

  #proposedSlots(nowMs: number): number {
    return this.#discovered.slots(this.#cap, this.#rules.limits.minSlots, nowMs)
  }

  #rampedSlots(nowMs: number): number {
    return this.#cap === 0 ? 0 : rampSlots(this.#cap, nowMs - this.#rampFromMs, this.#rules.slowStart)
  }

  #startsAtOnce(): number {
    if (this.startsInPanic === 0) return 0
    const { kind } = this.#breaker.state
    return kind === 'half_open' ? this.#rules.breaker.probes : kind === 'open' ? 0 : Infinity
  }

  #refresh(nowMs: number): void {
    this.#nowMs = nowMs
    const { slowStart, limits } = this.#rules
    const cap = this.#cap
    const ramped = this.#rampedSlots(nowMs)
    this.slots = limits.apply ? Math.min(ramped, this.#proposedSlots(nowMs)) : ramped
    const isClosed = nowMs < this.#closedUntilMs
    this.startsInPanic = isClosed ? 0 : Infinity
    this.starts = isClosed ? 0 : this.#breaker.starts
    const state = this.#breaker.state
    this.isShut = state.kind !== 'closed'
    this.nextChangeMs = Math.min(
      state.kind === 'open' ? state.untilMs : Infinity,
      isClosed ? this.#closedUntilMs : Infinity,
      ramped < cap ? this.#rampFromMs + rampExceedsMs(ramped, cap, slowStart) : Infinity,
      limits.apply ? this.#discovered.risesMs(nowMs) : Infinity,
    )
    this.#changed()
  }
}
