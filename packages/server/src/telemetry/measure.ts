import { TIMES, type TimeName } from '../api/metrics-view.js'

/** The durations that are measured, in the order in which their sketches stand. */
export const MEASURES = TIMES
export type Measure = TimeName

export const MEASURE_AT = Object.fromEntries(MEASURES.map((measure, i) => [measure, i])) as Readonly<
  Record<Measure, number>
>
