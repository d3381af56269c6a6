import type { RandomSource } from '../random.js'
import { backoffMs, type Backoff } from './backoff.js'
import { RecentCounts } from './recent.js'

export interface BreakerLimits {
  /** Failures in a row that open it, integer ≥ 0; 0 does not look at them. */
  readonly consecutiveFailures: number
  /** Share of successes of the window below which it opens, 0..1; 0 does not look at it. */
  readonly minSuccessRate: number
  /** Results the window must hold before its share is looked at, integer ≥ 1. */
  readonly minResults: number
  /** Milliseconds > 0: what is recent. Opening again this soon after closing counts as the same trouble. */
  readonly windowMs: number
  /** How long it stays open. */
  readonly backoff: Backoff
  /** Requests at once that try a model out while it is half open, integer ≥ 1. */
  readonly probes: number
}

/** `openings`: how often it opened in the same trouble, which is what the back-off counts. */
export type BreakerState =
  | {
      readonly kind: 'closed'
      readonly failures: number
      readonly openings: number
      readonly sinceMs: number
    }
  | { readonly kind: 'open'; readonly untilMs: number; readonly openings: number }
  | { readonly kind: 'half_open'; readonly inFlight: number; readonly openings: number }

/** What the end of one request says about its model; `none` where it says nothing (client gone, caller's fault, 429). */
export type Verdict = 'success' | 'failure' | 'none'

/**
 * Failure accrual for one model: closed until it fails too often in a row or too often among recent requests; then open
 * for a jittered, growing time; then half open, letting a few probes through. A probe's success closes it, a failure
 * opens it for longer.
 *
 * Only requests given in the present state are heard: the wave that was under way when it opened must not lengthen the
 * wait, nor may a stream from before count as a probe. So `taken` hands out the number of the state, and `ended` takes
 * it back. A request given while it is open (panic ignores it) and succeeding half-opens it at once: the model is back.
 *
 * Two triggers, because a row misses a model that fails two requests of three, and a share misses a quiet model that
 * has just died. The row and the growing pause are those of Finagle's and Linkerd's failure accrual, the share with its
 * least count that of Envoy's success-rate outlier detection. Each call is O(1).
 */
export class Breaker {
  #state: BreakerState = { kind: 'closed', failures: 0, openings: 0, sinceMs: -Infinity }
  #epoch = 0
  readonly #recent: RecentCounts
  readonly #limits: BreakerLimits
  readonly #random: RandomSource

  constructor(limits: BreakerLimits, random: RandomSource) {
    this.#limits = limits
    this.#random = random
    this.#recent = new RecentCounts(limits.windowMs)
  }

  get state(): BreakerState {
    return this.#state
  }

  /** Requests that may start now on the breaker's account: 0 while open, the probes left while half open. */
  get starts(): number {
    switch (this.#state.kind) {
      case 'closed':
        return Infinity
      case 'open':
        return 0
      case 'half_open':
        return Math.max(0, this.#limits.probes - this.#state.inFlight)
    }
  }

  /** The model was given a request. @returns what to hand to `ended`. */
  taken(): number {
    if (this.#state.kind === 'half_open') {
      this.#state = { ...this.#state, inFlight: this.#state.inFlight + 1 }
    }
    return this.#epoch
  }

  /** That request ended. @returns whether the breaker opened, half-opened or closed. */
  ended(epoch: number, verdict: Verdict, nowMs: number): boolean {
    if (epoch !== this.#epoch) return false
    switch (this.#state.kind) {
      case 'closed':
        return verdict !== 'none' && this.#count(this.#state, verdict, nowMs)
      case 'open':
        if (verdict === 'success') this.#halfOpen(this.#state.openings)
        return verdict === 'success'
      case 'half_open':
        if (verdict === 'none') this.#state = { ...this.#state, inFlight: this.#state.inFlight - 1 }
        else if (verdict === 'success') this.#close(this.#state.openings, nowMs)
        else this.#open(this.#state.openings + 1, nowMs)
        return verdict !== 'none'
    }
  }

  /** Half-opens it when its time has come. @returns whether it did. */
  turn(nowMs: number): boolean {
    if (this.#state.kind !== 'open' || nowMs < this.#state.untilMs) return false
    this.#halfOpen(this.#state.openings)
    return true
  }

  #count(closed: BreakerState & { kind: 'closed' }, verdict: 'success' | 'failure', nowMs: number): boolean {
    const { openings, sinceMs } = closed
    if (verdict === 'success') {
      this.#recent.addGood(nowMs)
      if (closed.failures > 0) this.#state = { ...closed, failures: 0 }
      return false
    }
    this.#recent.addBad(nowMs)
    const failures = closed.failures + 1
    this.#state = { ...closed, failures }
    if (!this.#isTooMuch(failures, nowMs)) return false
    this.#open(nowMs - sinceMs < this.#limits.windowMs ? openings + 1 : 1, nowMs)
    return true
  }

  #isTooMuch(failures: number, nowMs: number): boolean {
    const { consecutiveFailures, minSuccessRate, minResults } = this.#limits
    if (consecutiveFailures > 0 && failures >= consecutiveFailures) return true
    const good = this.#recent.good(nowMs)
    const results = good + this.#recent.bad(nowMs)
    return results >= minResults && good < minSuccessRate * results
  }

  #open(openings: number, nowMs: number): void {
    this.#epoch++
    const untilMs = nowMs + backoffMs(openings, this.#limits.backoff, this.#random)
    this.#state = { kind: 'open', untilMs, openings }
  }

  #halfOpen(openings: number): void {
    this.#epoch++
    this.#state = { kind: 'half_open', inFlight: 0, openings }
  }

  #close(openings: number, nowMs: number): void {
    this.#epoch++
    // What failed before it opened says nothing about a model that came back.
    this.#recent.forget()
    this.#state = { kind: 'closed', failures: 0, openings, sinceMs: nowMs }
  }
}
