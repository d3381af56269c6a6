import type { Histogram } from './subject.js'

/** A family of time series in the words of Prometheus; also what is sent by OpenTelemetry. */
export interface Family {
  /** With its unit, and `_total` where it counts. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** The semantic conventions of OpenTelemetry have a metric for it, which is sent instead. */
  readonly isNamedByConvention?: true
  readonly samples: readonly Sample[]
}

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: Labels
  /** Of histograms: in the unit of the family times `perUnit`. */
  readonly value: number | ScaledHistogram
}

interface ScaledHistogram extends Histogram {
  /** What one unit of the family is in the histogram's: 1,000 where one is seconds and the other milliseconds. */
  readonly perUnit: number
}

/** Tells its families as they stand. */
export type Collector = () => readonly Family[]

export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples }
}

export function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'counter', help, samples }
}

/** The only sample of a family without labels. */
export function single(value: number): readonly Sample[] {
  return [{ labels: {}, value }]
}
