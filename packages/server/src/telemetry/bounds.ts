import { BUCKET_COUNT, middleOf } from '@loadstar/core'
import { MEASURES, type Measure } from './measure.js'

/** As OpenTelemetry's semantic conventions for generative AI say, so that both ways of reading tell the same. */
const DURATION_MS = Array.from({ length: 14 }, (_, i) => 10 * 2 ** i)
const FIRST_TOKEN_MS = [1, 5, 10, 20, 40, 60, 80, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000]
const PER_TOKEN_MS = [10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 2_500]
const WAIT_MS = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000]
const OVERHEAD_MS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 25, 50, 100, 250]

const BOUNDS_MS: Readonly<Record<Measure, readonly number[]>> = {
  latency: DURATION_MS,
  first_token: FIRST_TOKEN_MS,
  per_token: PER_TOKEN_MS,
  queue_wait: WAIT_MS,
  overhead: OVERHEAD_MS,
  service: DURATION_MS,
}

const GROUPS = Object.fromEntries(
  MEASURES.map((measure) => {
    const bounds = BOUNDS_MS[measure]
    const groupOf = (bucket: number): number => {
      const group = bounds.findIndex((bound) => middleOf(bucket) <= bound)
      return group === -1 ? bounds.length : group
    }
    return [measure, Uint8Array.from({ length: BUCKET_COUNT }, (_, i) => groupOf(i))]
  }),
) as Readonly<Record<Measure, Uint8Array>>

/** Upper bounds of the histogram of a measure, milliseconds, ascending. */
export function boundsOf(measure: Measure): readonly number[] {
  return BOUNDS_MS[measure]
}

/** In which group of the histogram each bucket of a sketch is counted: that of its middle. */
export function groupsOf(measure: Measure): Uint8Array {
  return GROUPS[measure]
}
