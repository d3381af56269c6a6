import { counter, gauge, single, type Family } from '../family.js'
import type { Vitals } from '../vitals.js'

interface ProcessSources {
  /** By the name of the process: `primary`, and each worker. */
  readonly vitals: () => ReadonlyMap<string, Vitals>
  readonly version: string
  /** Unix seconds. */
  readonly startedSeconds: number
}

/** The processes themselves. */
export function processFamilies({ vitals, version, startedSeconds }: ProcessSources): readonly Family[] {
  const read = [...vitals()]
  const of = (value: (vitals: Vitals) => number) =>
    read.map(([process, told]) => ({ labels: { process }, value: value(told) }))
  return [
    gauge('loadstar_build_info', 'Always 1; the release as a label.', [
      { labels: { version, node: process.version }, value: 1 },
    ]),
    gauge('process_start_time_seconds', 'When the instance started, Unix time.', single(startedSeconds)),
    counter(
      'process_cpu_seconds_total',
      'User and system time, by process of the instance.',
      of(({ cpuSeconds }) => cpuSeconds),
    ),
    gauge(
      'process_resident_memory_bytes',
      'Memory held, by process.',
      of(({ residentBytes }) => residentBytes),
    ),
    gauge(
      'nodejs_heap_size_used_bytes',
      'Heap in use, by process.',
      of(({ heapUsedBytes }) => heapUsedBytes),
    ),
    gauge(
      'nodejs_eventloop_lag_mean_seconds',
      'Mean lateness of the event loop of late, by process.',
      of(({ lagMeanSeconds }) => lagMeanSeconds),
    ),
    gauge(
      'nodejs_eventloop_lag_p99_seconds',
      '99th percentile of the lateness of the event loop of late, by process.',
      of(({ lagP99Seconds }) => lagP99Seconds),
    ),
    gauge(
      'nodejs_eventloop_lag_max_seconds',
      'Greatest lateness of the event loop of late, by process.',
      of(({ lagMaxSeconds }) => lagMaxSeconds),
    ),
  ]
}
