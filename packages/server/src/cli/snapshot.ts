import type { Router } from '@loadstar/core'
import type { MetricsView } from '../api/metrics-view.js'
import type { Catalog } from '../registry/catalog.js'

/** One model as the live table shows it. */
export interface ModelSnapshot {
  readonly id: string
  readonly name: string
  readonly activeRequests: number
  readonly maxConcurrent: number
  readonly queueDepth: number
  readonly maxQueue: number
  /** Ended since the start. */
  readonly requests: number
  readonly failures: number
  /** Of answers completed in the last minute; `null` when there were none. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  /** `null` when unknown. */
  readonly utilization: number | null
  readonly isOverTarget: boolean
}

/** What one instance does at this moment. */
export interface InstanceSnapshot {
  readonly models: readonly ModelSnapshot[]
  readonly submitted: number
  readonly completed: number
  /** Refused at the door or in the queue. */
  readonly rejected: number
  readonly waiting: number
  readonly inFlight: number
}

interface Sources {
  readonly registry: Catalog
  readonly router: Router
  readonly metrics: Pick<MetricsView, 'calls' | 'latency'>
  readonly nowMs: number
}

export function takeSnapshot({ registry, router, metrics, nowMs }: Sources): InstanceSnapshot {
  const { submitted, outcomes, waiting, inFlight } = router.counters()
  return {
    models: router.loads(nowMs).map((load) => {
      const { calls: requests, failures } = metrics.calls(load.modelId)
      const latency = metrics.latency(load.modelId)
      return {
        id: load.modelId,
        name: registry.model(load.modelId)?.name ?? load.modelId,
        activeRequests: load.activeRequests,
        maxConcurrent: load.maxConcurrent,
        queueDepth: load.queueDepth,
        maxQueue: load.maxQueue,
        requests,
        failures,
        p50Ms: latency.p50,
        p95Ms: latency.p95,
        utilization: load.utilization,
        isOverTarget: load.isOverTarget,
      }
    }),
    submitted,
    completed: outcomes.completed,
    rejected:
      outcomes.rejected_queue_full +
      outcomes.rejected_queue_closed +
      outcomes.rejected_no_model +
      outcomes.rejected_deadline +
      outcomes.rejected_draining +
      outcomes.expired_in_queue,
    waiting,
    inFlight,
  }
}
