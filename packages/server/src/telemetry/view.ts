import { Sketch } from '@loadstar/core'
import { WINDOWS, type Measured, type MetricsView } from '../api/metrics-view.js'
import { Account } from './account.js'
import { amountIn, callsIn, failuresIn, outcomesIn } from './counter.js'
import { measuredOf } from './measured.js'
import { MEASURE_AT } from './measure.js'
import type { Meters } from './meters.js'
import type { RollupStore } from './rollup-store.js'
import { readSeries } from './series.js'
import type { Subject } from './subject.js'

interface Sources {
  readonly meters: Meters
  readonly store: Pick<RollupStore, 'read'>
  readonly exposition: () => string
  /** Unix milliseconds, never backwards. */
  readonly clock: () => number
}

/** What the REST API reads of what was measured. */
export function metricsView({ meters, store, exposition, clock }: Sources): MetricsView {
  const read = (subject: Subject, windowMs: number, isModel: boolean): Measured => {
    const account = new Account()
    subject.addRecent(windowMs, clock(), account)
    return measuredOf(subject.id, account, isModel)
  }
  const readAll = (subjects: Iterable<Subject>, windowMs: number, isModel: boolean): Measured[] =>
    [...subjects]
      .map((subject) => read(subject, windowMs, isModel))
      .filter(({ requests, calls }) => requests + calls > 0)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  return {
    all: (windowMs) => read(meters.all, windowMs, false),
    models: (windowMs) => readAll(meters.models(), windowMs, true),
    agents: (windowMs) => readAll(meters.agents(), windowMs, false),
    latency(modelId) {
      const sketch = new Sketch()
      meters.model(modelId)?.addRecentMeasure(MEASURE_AT.latency, WINDOWS['1m'], clock(), sketch)
      return sketch.summary()
    },
    total: () => ({
      outcomes: outcomesIn(meters.all.counts),
      inputTokens: amountIn(meters.all.counts, 'inputTokens'),
      outputTokens: amountIn(meters.all.counts, 'outputTokens'),
      costUsd: amountIn(meters.all.counts, 'costUsd'),
    }),
    calls(modelId) {
      const counts = meters.model(modelId)?.counts
      return counts ? { calls: callsIn(counts), failures: failuresIn(counts) } : { calls: 0, failures: 0 }
    },
    series: (query) => readSeries(store, query),
    exposition,
  }
}
