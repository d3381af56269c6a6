import type { Family } from '../family.js'
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
    {
      name: 'loadstar_build_info',
      type: 'gauge',
      help: 'Always 1; the release as a label.',
      samples: [{ labels: { version, node: process.version }, value: 1 }],
    },
    {
      name: 'process_start_time_seconds',
      type: 'gauge',
      help: 'When the instance started, Unix time.',
      samples: [{ labels: {}, value: startedSeconds }],
    },
    {
      name: 'process_cpu_seconds_total',
      type: 'counter',
      help: 'User and system time, by process of the instance.',
      samples: of(({ cpuSeconds }) => cpuSeconds),
    },
    {
      name: 'process_resident_memory_bytes',
      type: 'gauge',
      help: 'Memory held, by process.',
      samples: of(({ residentBytes }) => residentBytes),
    },
    {
      name: 'nodejs_heap_size_used_bytes',
      type: 'gauge',
      help: 'Heap in use, by process.',
      samples: of(({ heapUsedBytes }) => heapUsedBytes),
    },
    {
      name: 'nodejs_eventloop_lag_mean_seconds',
      type: 'gauge',
      help: 'Mean lateness of the event loop of late, by process.',
      samples: of(({ lagMeanSeconds }) => lagMeanSeconds),
    },
    {
      name: 'nodejs_eventloop_lag_p99_seconds',
      type: 'gauge',
      help: '99th percentile of the lateness of the event loop of late, by process.',
      samples: of(({ lagP99Seconds }) => lagP99Seconds),
    },
    {
      name: 'nodejs_eventloop_lag_max_seconds',
      type: 'gauge',
      help: 'Greatest lateness of the event loop of late, by process.',
      samples: of(({ lagMaxSeconds }) => lagMaxSeconds),
    },
  ]
}
