import type { AlertView, Breaker, DecisionRecord, SimulationStatus } from '../api/views'

/** What the event stream says; see docs/reference/http-api.md. */

export interface LiveModel {
  readonly id: string
  readonly in_flight: number
  readonly queued: number
  readonly max_concurrent: number
  readonly target_slots: number
  readonly utilization: number | null
  readonly breaker: Breaker
  /** Else it is given nothing new. */
  readonly is_enabled: boolean
  /** Not enabled, and requests still run there. */
  readonly is_draining: boolean
  readonly usable_slots: number
  readonly slot_price: number
  /** `null`, as all that is measured, for a model that is not measured by its own. */
  readonly requests_per_second: number | null
  readonly tokens_per_second: number | null
  readonly success_rate: number | null
  readonly p50_ms: number | null
  readonly p95_ms: number | null
  readonly p99_ms: number | null
}

export interface LiveFleet {
  readonly requests_per_second: number
  readonly tokens_per_second: number
  readonly success_rate: number | null
  readonly avg_ms: number | null
  readonly p50_ms: number | null
  readonly p95_ms: number | null
  readonly p99_ms: number | null
  readonly in_flight: number
  readonly queued: number
  readonly active_alerts: number
}

export interface Flow {
  /** `null` where requests named none. */
  readonly agent: string | null
  readonly model: string
  /** Ended in the last minute. */
  readonly requests: number
}

export interface FleetEvent {
  readonly at: string
  readonly is_full: boolean
  readonly models: readonly LiveModel[]
  readonly fleet: LiveFleet
  readonly flows: readonly Flow[]
}

export interface DecisionsEvent {
  readonly decisions: readonly DecisionRecord[]
  readonly omitted: number
}

export interface AlertsEvent {
  readonly active: readonly AlertView[]
}

export interface CatalogEvent {
  readonly kind: 'model' | 'agent' | 'assignment'
  readonly ids?: readonly string[]
}

export interface SimulationEvent {
  readonly id: string
  readonly status: SimulationStatus
  /** 0..1. */
  readonly progress: number
}
