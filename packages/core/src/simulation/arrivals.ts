import type { RandomSource } from '../random.js'

/** One request of a recorded trace. */
export interface TraceRecord {
  /** Milliseconds ≥ 0 from the start, in ascending order. */
  readonly atMs: number
  readonly classId: string
  /** Integer ≥ 0; the class's own distribution when left out, as below. */
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly tenant?: string
}

/** When requests come. `perSecond` > 0 is the mean rate of all but traces. */
export type Arrivals =
  | { readonly kind: 'poisson'; readonly perSecond: number }
  /** Groups at one instant; their size is geometric with mean `meanSize` ≥ 1. */
  | { readonly kind: 'batches'; readonly perSecond: number; readonly meanSize: number }
  /** Independent gaps of coefficient of variation `cv` ≥ 1: two exponentials with balanced means. */
  | { readonly kind: 'hyperexponential'; readonly perSecond: number; readonly cv: number }
  /** Poisson while on, nothing while off; both last exponentially long, on for `onShare` in (0, 1] of the time. */
  | {
      readonly kind: 'on_off'
      readonly perSecond: number
      readonly onShare: number
      readonly meanOnMs: number
    }
  /** Poisson at a rate that changes: `phases` one after the other, then from the first again. */
  | {
      readonly kind: 'phases'
      readonly phases: readonly { readonly durationMs: number; readonly perSecond: number }[]
    }
  | { readonly kind: 'trace'; readonly records: readonly TraceRecord[] }

/** Arrival times of one stream, each called for once and in order. */
export interface ArrivalTimes {
  /** Milliseconds from the start, never before the last; `Infinity` when none come any more. */
  next(): number
}

/**
 * @param pace - rates are multiplied by it; a trace is played that much faster.
 * @param random - every number the process takes comes from here.
 */
export function arrivalTimes(arrivals: Arrivals, pace: number, random: RandomSource): ArrivalTimes {
  // Nothing can be served of it, so nothing is offered.
  if (pace === 0) return { next: () => Infinity }
  switch (arrivals.kind) {
    case 'poisson':
      return gaps(() => exponential(random, 1_000 / (arrivals.perSecond * pace)))
    case 'batches':
      return gaps(batchGap(arrivals.meanSize, 1_000 / (arrivals.perSecond * pace), random))
    case 'hyperexponential':
      return gaps(hyperexponentialGap(arrivals.cv, 1_000 / (arrivals.perSecond * pace), random))
    case 'on_off':
      return onOff(arrivals, pace, random)
    case 'phases':
      return phases(arrivals.phases, pace, random)
    case 'trace': {
      const { records } = arrivals
      let index = 0
      return { next: () => (records[index++]?.atMs ?? Infinity) / pace }
    }
  }
}

/** Requests per second in the long run, before any change of pace. */
export function meanRate(arrivals: Arrivals): number {
  switch (arrivals.kind) {
    case 'trace': {
      const { records } = arrivals
      return (1_000 * records.length) / Math.max(1, records.at(-1)?.atMs ?? 0)
    }
    case 'phases': {
      const lastsMs = arrivals.phases.reduce((sum, { durationMs }) => sum + durationMs, 0)
      const requests = arrivals.phases.reduce((sum, phase) => sum + phase.durationMs * phase.perSecond, 0)
      return requests / lastsMs
    }
    case 'poisson':
    case 'batches':
    case 'hyperexponential':
    case 'on_off':
      return arrivals.perSecond
  }
}

function gaps(gap: () => number): ArrivalTimes {
  let nowMs = 0
  return { next: () => (nowMs += gap()) }
}

function exponential(random: RandomSource, mean: number): number {
  return -Math.log(1 - random()) * mean
}

function batchGap(meanSize: number, meanGapMs: number, random: RandomSource): () => number {
  return () => (random() < 1 - 1 / meanSize ? 0 : exponential(random, meanGapMs * meanSize))
}

/** Whitt, "Approximating a Point Process by a Renewal Process", 1982, doi:10.1287/opre.30.1.125: balanced means. */
function hyperexponentialGap(cv: number, meanGapMs: number, random: RandomSource): () => number {
  const squared = cv ** 2
  const share = (1 + Math.sqrt((squared - 1) / (squared + 1))) / 2
  return () => {
    const branch = random() < share ? share : 1 - share
    return exponential(random, meanGapMs / (2 * branch))
  }
}

function onOff(
  { perSecond, onShare, meanOnMs }: Extract<Arrivals, { kind: 'on_off' }>,
  pace: number,
  random: RandomSource,
): ArrivalTimes {
  const meanGapMs = (1_000 * onShare) / (perSecond * pace)
  const meanOffMs = (meanOnMs * (1 - onShare)) / onShare
  let nowMs = 0
  let onUntilMs = exponential(random, meanOnMs)
  return {
    next: () => {
      let gapMs = exponential(random, meanGapMs)
      // What is left of the gap counts on in the next period: an exponential remembers nothing.
      while (nowMs + gapMs > onUntilMs) {
        gapMs -= onUntilMs - nowMs
        nowMs = onUntilMs + exponential(random, meanOffMs)
        onUntilMs = nowMs + exponential(random, meanOnMs)
      }
      return (nowMs += gapMs)
    },
  }
}

function phases(
  list: Extract<Arrivals, { kind: 'phases' }>['phases'],
  pace: number,
  random: RandomSource,
): ArrivalTimes {
  let index = 0
  let nowMs = 0
  let endsMs = list[0]?.durationMs ?? Infinity
  const next = (): number => {
    // A gap of rate 1 is used up by each phase as fast as that phase's rate.
    let left = exponential(random, 1_000)
    for (;;) {
      const rate = (list[index]?.perSecond ?? 0) * pace
      const lasts = (endsMs - nowMs) * rate
      if (left <= lasts) return (nowMs += left / rate)
      left -= lasts
      nowMs = endsMs
      index = (index + 1) % list.length
      endsMs += list[index]?.durationMs ?? 0
    }
  }
  return { next }
}
