import { ValueType, type Attributes, type HrTime } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  type CollectionResult,
  type DataPoint,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import type { Collector, Family, Labels, Sample } from '../family.js'

interface ProducerOptions {
  readonly collectors: readonly Collector[]
  readonly version: string
  /** Unix milliseconds, when counting began. */
  readonly startedMs: number
  readonly clock: () => number
}

/** How OpenTelemetry calls what the suffix of a name tells. */
const UNITS: readonly (readonly [suffix: string, unit: string])[] = [
  ['_seconds', 's'],
  ['_bytes', 'By'],
  ['_ratio', '1'],
  ['_usd', '{USD}'],
  ['_tokens', '{token}'],
]

/** Labels that have a name in the semantic conventions. */
const SEMANTIC_LABELS: Readonly<Record<string, string>> = {
  model: 'gen_ai.request.model',
  agent: 'gen_ai.agent.id',
  type: 'gen_ai.token.type',
}

/** The families of Prometheus as metrics of OpenTelemetry: recording a request costs nothing more for being sent. */
export function metricProducer({ collectors, version, startedMs, clock }: ProducerOptions): MetricProducer {
  return {
    collect(): Promise<CollectionResult> {
      const times = { startTime: hrTime(startedMs), endTime: hrTime(clock()) }
      const families = collectors
        .flatMap((collect) => collect())
        .filter(({ samples, isNamedByConvention }) => samples.length > 0 && !isNamedByConvention)
      const metrics = families.map((family) => metricOf(family, times))
      return Promise.resolve({
        resourceMetrics: {
          resource: emptyResource(),
          scopeMetrics: [{ scope: { name: 'loadstar', version }, metrics }],
        },
        errors: [],
      })
    },
  }
}

type Times = Pick<DataPoint<unknown>, 'startTime' | 'endTime'>

function metricOf(family: Family, times: Times): MetricData {
  const { type, help, samples } = family
  const { name, unit } = nameOf(family)
  const descriptor = { name, unit, description: help, valueType: ValueType.DOUBLE }
  const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE }
  if (type === 'histogram') {
    const dataPoints = samples.flatMap((sample) => histogramPoint(sample, times))
    return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints }
  }
  const dataPoints = samples.flatMap(({ labels, value }) =>
    typeof value === 'number' ? [{ ...times, attributes: attributesOf(labels), value }] : [],
  )
  return type === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...common, dataPointType: DataPointType.GAUGE, dataPoints }
}

function histogramPoint({ labels, value }: Sample, times: Times) {
  if (typeof value === 'number') return []
  const { bounds, counts, sum, perUnit } = value
  return [
    {
      ...times,
      attributes: attributesOf(labels),
      value: {
        buckets: { boundaries: bounds.map((bound) => bound / perUnit), counts: [...counts] },
        sum: sum / perUnit,
        count: counts.reduce((total, count) => total + count, 0),
      },
    },
  ]
}

function nameOf({ name }: Family): { name: string; unit: string } {
  const counted = name.replace(/_total$/, '')
  const [suffix, unit] = UNITS.find(([ending]) => counted.endsWith(ending)) ?? ['', '1']
  // Tokens and dollars are what is counted there, not only in what.
  const bare =
    unit === 's' || unit === 'By' || unit === '1' ? counted.slice(0, counted.length - suffix.length) : counted
  return { name: bare.replace('_', '.'), unit }
}

function attributesOf(labels: Labels): Attributes {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [SEMANTIC_LABELS[name] ?? name, value]),
  )
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)]
}
