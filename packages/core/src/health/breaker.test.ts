import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../random.js'
import { Breaker, type BreakerLimits, type Verdict } from './breaker.js'

const LIMITS: BreakerLimits = {
  consecutiveFailures: 3,
  minSuccessRate: 0.5,
  minResults: 10,
  windowMs: 1_000,
  backoff: { leastMs: 100, mostMs: 1_000 },
  probes: 2,
}

function breaker(limits: Partial<BreakerLimits> = {}, seed = 1): Breaker {
  return new Breaker({ ...LIMITS, ...limits }, seededRandom(seed))
}

function serve(subject: Breaker, verdict: Verdict, nowMs: number): boolean {
  return subject.ended(subject.taken(), verdict, nowMs)
}

function opened(subject: Breaker, nowMs: number): number {
  while (subject.state.kind === 'closed') serve(subject, 'failure', nowMs)
  return subject.state.kind === 'open' ? subject.state.untilMs : NaN
}

describe('Breaker', () => {
  it('opens with the last of so many failures in a row, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Verdict>('success', 'failure', 'none')), (verdicts) => {
        const subject = breaker({ minSuccessRate: 0 })
        let row = 0
        for (const verdict of verdicts) {
          if (verdict !== 'none') row = verdict === 'failure' ? row + 1 : 0
          expect(serve(subject, verdict, 0)).toBe(row === 3)
          if (row === 3) break
        }
        expect(subject.state.kind).toBe(row === 3 ? 'open' : 'closed')
      }),
    )
  })

  it('opens when the share of successes of the window falls below its least, and not on fewer results', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (results) => {
        const subject = breaker({ consecutiveFailures: 0 })
        let good = 0
        for (const [index, succeeded] of results.entries()) {
          if (succeeded) good++
          const total = index + 1
          const opens = !succeeded && total >= 10 && good < total / 2
          expect(serve(subject, succeeded ? 'success' : 'failure', 0)).toBe(opens)
          if (opens) return
        }
      }),
    )
  })

  it('forgets failures older than the window in its share', () => {
    const subject = breaker({ consecutiveFailures: 0 })
    for (let i = 0; i < 9; i++) serve(subject, 'failure', 0)
    expect(serve(subject, 'failure', 1_000)).toBe(false)
    expect(serve(subject, 'failure', 899)).toBe(false)
  })

  it('admits nothing before its time, then as many at once as there are probes', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(10_000), fc.integer({ min: 1, max: 5 }), (seed, nowMs, probes) => {
        const subject = breaker({ probes }, seed)
        const untilMs = opened(subject, nowMs)
        expect(untilMs).toBeGreaterThanOrEqual(nowMs + LIMITS.backoff.leastMs)
        expect(untilMs).toBeLessThanOrEqual(nowMs + LIMITS.backoff.mostMs)
        expect(subject.turn(untilMs - 0.001)).toBe(false)
        expect(subject.starts).toBe(0)
        expect(subject.turn(untilMs)).toBe(true)
        for (let left = probes; left > 0; left--) {
          expect(subject.starts).toBe(left)
          subject.taken()
        }
        expect(subject.starts).toBe(0)
      }),
    )
  })

  it('closes with a probe’s success, and gives a probe without a verdict back', () => {
    const subject = breaker({ probes: 1 })
    subject.turn(opened(subject, 0))
    expect(serve(subject, 'none', 2_000)).toBe(false)
    expect(subject.starts).toBe(1)
    expect(serve(subject, 'success', 2_000)).toBe(true)
    expect(subject.state).toEqual({ kind: 'closed', failures: 0, openings: 1, sinceMs: 2_000 })
    expect(subject.starts).toBe(Infinity)
  })

  it('opens on a probe’s failure for up to twice as long as before, until its most', () => {
    const subject = new Breaker(LIMITS, () => 1 - Number.EPSILON)
    let now = 0
    const spans: number[] = []
    opened(subject, now)
    for (let i = 0; i < 5; i++) {
      if (subject.state.kind !== 'open') return expect.unreachable()
      spans.push(Math.round(subject.state.untilMs - now))
      now = subject.state.untilMs
      subject.turn(now)
      serve(subject, 'failure', now)
    }
    expect(spans).toEqual([200, 400, 800, 1_000, 1_000])
  })

  it('goes on with its back-off when it opens again soon after closing, and starts afresh later', () => {
    const openings = (pauseMs: number) => {
      const subject = breaker()
      const untilMs = opened(subject, 0)
      subject.turn(untilMs)
      serve(subject, 'success', untilMs)
      opened(subject, untilMs + pauseMs)
      return subject.state.openings
    }
    expect(openings(999)).toBe(2)
    expect(openings(1_000)).toBe(1)
  })

  it('does not hear requests that were given in an earlier state', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Verdict>('success', 'failure', 'none')), (late) => {
        const subject = breaker()
        const before = late.map(() => subject.taken())
        const untilMs = opened(subject, 0)
        late.forEach((verdict, i) => expect(subject.ended(before[i] as number, verdict, 10)).toBe(false))
        expect(subject.state).toMatchObject({ kind: 'open', untilMs })
        subject.turn(untilMs)
        late.forEach((verdict, i) => expect(subject.ended(before[i] as number, verdict, untilMs)).toBe(false))
        expect(subject.starts).toBe(LIMITS.probes)
      }),
    )
  })

  it('half-opens at once when a request given while it was open succeeds; a failed one changes nothing', () => {
    const subject = breaker()
    const untilMs = opened(subject, 0)
    expect(serve(subject, 'failure', 1)).toBe(false)
    expect(subject.state).toMatchObject({ kind: 'open', untilMs })
    expect(serve(subject, 'success', 1)).toBe(true)
    expect(subject.state.kind).toBe('half_open')
  })

  it('never opens with both triggers off', () => {
    const subject = breaker({ consecutiveFailures: 0, minSuccessRate: 0 })
    for (let i = 0; i < 1_000; i++) expect(serve(subject, 'failure', i)).toBe(false)
  })
})
