import type { HealthView } from '../health/model-health.js'

/** What one model carries at one instant, and how it is. */
export interface ModelLoad extends HealthView {
  readonly modelId: string
  /** Requests the model is known to serve: the leases held here plus those of others by its last report. */
  readonly activeRequests: number
  /** Leases held here, part of `activeRequests`. */
  readonly inFlight: number
  /** Tickets that wait here and count in this model's queue, plus those waiting at the model by its last report. */
  readonly queueDepth: number
  /** Moving average of milliseconds from lease to whole answer; the reported one, else `null`, before any completed. */
  readonly avgLatencyMs: number | null
  /** Moving average of milliseconds from lease to first token; `null` before any was seen. */
  readonly avgFirstTokenMs: number | null
  /** `activeRequests / maxConcurrent`, 0 when `maxConcurrent` is 0, above 1 after a live cut; `null` when stale. */
  readonly utilization: number | null
  /** When anything about this load changed last; `null` when nothing has happened yet. */
  readonly lastUpdatedMs: number | null
  readonly maxConcurrent: number
  readonly maxQueue: number
  readonly targetUtilization: number
  /** No room left: `activeRequests ≥ maxConcurrent`. */
  readonly isOverloaded: boolean
  /** Utilization above `targetUtilization`, or unknown. */
  readonly isOverTarget: boolean
  /** The model once reported its load and has been silent for longer than `staleAfterMs`. */
  readonly isStale: boolean
  /** Nobody new may wait for it: see `Router.setQueueOpen`. */
  readonly isQueueClosed: boolean
  /** Points (of 100) that a second of one of its slots is worth to others; 0 unless requests bid. */
  readonly slotPrice: number
}

/** Load as seen at the model itself, requests of other routers and clients included. */
export interface LoadReport {
  /** Integer ≥ 0. */
  readonly activeRequests: number
  /** Requests waiting at the model, integer ≥ 0; 0 when left out. */
  readonly queueDepth?: number
  /** Milliseconds ≥ 0; used only until latency has been measured here. */
  readonly avgLatencyMs?: number
}
