import { FailurePenalty } from '../../src/health/penalty.js'
import { isModelFailure, type LeaseOutcome } from '../../src/routing/outcome.js'
import type { RandomSource } from '../../src/random.js'

/** Short enough for histories of some hundred milliseconds to see everything. */
export const HEALTH = {
  breaker: {
    consecutiveFailures: 3,
    minSuccessRate: 0.5,
    minResults: 4,
    windowMs: 100,
    minOpenMs: 4,
    maxOpenMs: 30,
    probes: 1,
  },
  maxClosedMs: 25,
  penalty: { factor: 2, minMs: 20, halfLifeMs: 50 },
  slowStart: { windowMs: 20, minShare: 0.1, aggression: 1, whenAdded: true },
  panicShare: 0.5,
}

/** A model's health written the slow and obvious way: what happened is kept, and everything is counted from it. */
export class NaiveHealth {
  kind: 'closed' | 'open' | 'half_open' = 'closed'
  /** Counts changes of state. */
  period = 0
  untilMs = 0
  closedUntilMs = -Infinity
  private openings = 0
  private closedSinceMs = -Infinity
  private rampFromMs = -Infinity
  private probing = 0
  private readonly penalty = new FailurePenalty({ ...HEALTH.penalty, leastMs: HEALTH.penalty.minMs })
  private results: { atMs: number; ok: boolean }[] = []
  /** What time alone changes is seen only when looked at. */
  private lookedMs = 0

  constructor(private readonly random: RandomSource) {}

  look(nowMs: number): void {
    this.lookedMs = nowMs
    if (this.kind === 'open' && this.untilMs <= nowMs) this.enter('half_open')
  }

  added(nowMs: number): void {
    this.rampFromMs = nowMs
    this.lookedMs = nowMs
  }

  taken(): number {
    if (this.kind === 'half_open') this.probing++
    return this.period
  }

  ended(period: number, outcome: LeaseOutcome, retryAfterMs: number | undefined, nowMs: number): void {
    const isTurnedAway = outcome !== 'completed' && retryAfterMs !== undefined
    if (isTurnedAway) {
      const askedMs = nowMs + Math.min(retryAfterMs, HEALTH.maxClosedMs)
      this.closedUntilMs = Math.max(this.closedUntilMs, askedMs)
    }
    const isFailure = isModelFailure(outcome) && !isTurnedAway
    const isSuccess = outcome === 'completed'
    if (isFailure || isSuccess) this.penalty.observe(isFailure, nowMs)
    if (period !== this.period) return
    if (this.kind === 'half_open' && !isFailure && !isSuccess) this.probing--
    else if (this.kind === 'half_open' && isFailure) this.open(this.openings + 1, nowMs)
    else if (this.kind === 'half_open') {
      this.enter('closed')
      this.results = []
      this.closedSinceMs = nowMs
      this.rampFromMs = nowMs
    } else if (this.kind === 'open' && isSuccess) this.enter('half_open')
    else if (this.kind === 'closed' && (isFailure || isSuccess)) {
      this.results.push({ atMs: nowMs, ok: isSuccess })
      const isSoon = nowMs - this.closedSinceMs < HEALTH.breaker.windowMs
      if (isFailure && this.failsTooMuch(nowMs)) this.open(isSoon ? this.openings + 1 : 1, nowMs)
    }
  }

  isClosedUntil(): boolean {
    return this.lookedMs < this.closedUntilMs
  }

  /** Requests in flight at most, of a model of `cap`. */
  slots(cap: number, atMs = this.lookedMs): number {
    const share = Math.max(HEALTH.slowStart.minShare, (atMs - this.rampFromMs) / HEALTH.slowStart.windowMs)
    return Math.min(cap, Math.max(1, Math.floor(cap * share + 1e-9)))
  }

  starts(inPanic: boolean): number {
    if (this.isClosedUntil()) return 0
    if (inPanic || this.kind === 'closed') return Infinity
    return this.kind === 'open' ? 0 : Math.max(0, HEALTH.breaker.probes - this.probing)
  }

  heldMs(inPanic: boolean, nowMs: number): number {
    if (this.starts(inPanic) > 0) return 0
    const openMs = this.kind === 'open' && !inPanic ? this.untilMs : 0
    return Math.max(0, openMs - nowMs, this.closedUntilMs - nowMs)
  }

  /** What its failures add to the time a request is expected to take. */
  penaltyMs(typicalMs: number, nowMs: number): number {
    return this.penalty.ms(typicalMs, nowMs)
  }

  usableSlots(cap: number): number {
    if (this.isClosedUntil() || this.kind === 'open') return 0
    return Math.min(this.slots(cap), this.kind === 'half_open' ? HEALTH.breaker.probes : Infinity)
  }

  /** When looking at it again will show something new. */
  nextChangeMs(cap: number): number {
    const times = [Infinity]
    if (this.kind === 'open') times.push(this.untilMs)
    if (this.isClosedUntil()) times.push(this.closedUntilMs)
    for (let ms = 1; ms <= HEALTH.slowStart.windowMs; ms++) {
      const atMs = this.rampFromMs + ms
      if (this.slots(cap, atMs) > this.slots(cap)) times.push(atMs)
    }
    return Math.min(...times)
  }

  private failsTooMuch(nowMs: number): boolean {
    const { consecutiveFailures, minResults, minSuccessRate, windowMs } = HEALTH.breaker
    const row = this.results.slice(-consecutiveFailures)
    if (row.length === consecutiveFailures && row.every(({ ok }) => !ok)) return true
    const slice = (ms: number) => Math.floor(ms / (windowMs / 10))
    const recent = this.results.filter(({ atMs }) => slice(atMs) > slice(nowMs) - 10)
    const good = recent.filter(({ ok }) => ok).length
    return recent.length >= minResults && good / recent.length < minSuccessRate
  }

  private open(openings: number, nowMs: number): void {
    this.enter('open')
    this.openings = openings
    const { minOpenMs, maxOpenMs } = HEALTH.breaker
    const longestMs = Math.min(maxOpenMs, minOpenMs * 2 ** openings)
    this.untilMs = nowMs + minOpenMs + this.random() * (longestMs - minOpenMs)
  }

  private enter(kind: 'closed' | 'open' | 'half_open'): void {
    this.kind = kind
    this.period++
    this.probing = 0
  }
}
