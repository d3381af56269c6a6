/** What the server answers, as far as the page reads it: the shapes of docs/reference/http-api.md. */

export type Breaker = 'closed' | 'open' | 'half_open'
export type Severity = 'info' | 'warning' | 'error' | 'critical'
export type Strategy = 'greedy' | 'balanced' | 'optimal'
export type AgentStatus = 'online' | 'offline' | 'maintenance'
export type AgentType = 'inference' | 'tool' | 'orchestrator'

interface Price {
  readonly input_usd_per_mtok: number
  readonly output_usd_per_mtok: number
}

export interface ModelView {
  readonly id: string
  readonly name: string
  readonly capabilities: Readonly<Record<string, number>>
  readonly context_length: number
  readonly max_concurrent: number
  readonly max_queue: number
  readonly target_utilization: number
  readonly price: Price | null
  readonly base_url: string
  readonly dialect: string
  readonly alias: string | null
  readonly upstream_model: string
  readonly api_key_env: string | null
  readonly tags: readonly string[]
  /** Else it is given nothing new. */
  readonly enabled: boolean
  /** Limits laid over the definition; `null` without. */
  readonly override: {
    readonly max_concurrent: number | null
    readonly max_queue: number | null
    readonly target_utilization: number | null
  } | null
  readonly source: 'file' | 'api'
}

export interface AgentView {
  readonly id: string
  readonly name: string
  readonly type: AgentType
  readonly status: AgentStatus
  readonly endpoint: string | null
  readonly capabilities: readonly string[]
  readonly preferred_capabilities: readonly string[]
  readonly min_context_length: number | null
  readonly source: 'file' | 'api'
}

interface PairingView {
  readonly agent_id: string
  readonly agent_name: string
  readonly model_id: string
  readonly model_name: string
  readonly score: number
  readonly match_score: number
  readonly capability_score: number
  readonly method: Strategy | 'manual'
  readonly is_optimal: boolean
  readonly missing_required: readonly string[]
}

export interface AssignmentView extends PairingView {
  readonly id: string
  readonly status: 'active' | 'inactive'
  readonly notes: string | null
  readonly created_at: string
  readonly updated_at: string
}

export interface AssignmentRun {
  readonly assignments: readonly PairingView[]
  readonly unassigned: readonly {
    readonly agent_id: string
    readonly agent_name: string
    readonly reason: string
    readonly message: string
  }[]
  readonly total_score: number
  readonly avg_match_score: number
  readonly strategy_used: Strategy
  readonly load_balancing_enabled: boolean
  readonly models: readonly {
    readonly model_id: string
    readonly model_name: string
    readonly max_concurrent: number
    readonly active_requests: number
    readonly assigned: number
    readonly seats_taken: number
    readonly utilization: number | null
    readonly seat_price: number | null
    readonly is_filtered: boolean
  }[]
  readonly avg_utilization: number
  readonly is_optimal: boolean
  readonly optimality_gap: number | null
  readonly computation_time_ms: number
}

/** Model, score, utilization, worth, and why it could not be given the request. */
type Candidate = readonly [string, number, number | null, number | null, string | null]

export interface DecisionRecord {
  readonly decision_id: string | null
  readonly request_id: string
  readonly at_ms: number
  readonly api: string
  readonly asked_model: string | null
  readonly key_id: string | null
  readonly agent_id: string | null
  readonly task: string | null
  readonly must_have: readonly string[] | null
  readonly priority: string | null
  readonly is_stream: boolean | null
  readonly model_id: string | null
  readonly score: number | null
  readonly outcome: string
  readonly status: number
  readonly total_ms: number
  readonly queue_ms: number
  readonly overhead_ms: number
  readonly service_ms: number | null
  readonly first_byte_ms: number | null
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cost_usd: number | null
  readonly attempts: number
  readonly considered: {
    readonly policy: string
    readonly explored: boolean
    readonly margin: number | null
    readonly models: readonly Candidate[]
    readonly omitted: number
  } | null
  readonly tries: readonly (readonly [string, string, number])[] | null
}

export interface ConsideredModel {
  readonly model: string
  readonly score: number
  readonly utilization: number | null
  readonly load_factor: number | null
  readonly cost_usd: number | null
  readonly service_ms: number | null
  readonly slot_price: number | null
  readonly worth: number | null
  readonly filtered_because: string | null
}

export interface DecisionView {
  readonly decision_id: string
  readonly policy: string
  readonly model: string | null
  readonly explored: boolean
  readonly at: string
  readonly margin: number | null
  readonly counterfactual: {
    readonly model: string
    readonly term: 'utilization' | 'score' | 'slot_price'
    readonly when: 'below' | 'above'
    readonly value: number
  } | null
  readonly considered: readonly ConsideredModel[]
}

export interface AlertView {
  readonly id: string
  readonly type: string
  readonly model_id: string | null
  readonly rule_id: string | null
  readonly severity: Severity
  readonly status: 'active' | 'resolved'
  readonly message: string
  readonly value: number
  readonly threshold: number
  readonly started_at: string
  readonly updated_at: string
  readonly resolved_at: string | null
  readonly resolution: string | null
  readonly acknowledged_at: string | null
  readonly acknowledged_by: string | null
  readonly occurrences: number
}

interface LatencyThresholds {
  readonly warning_ms: number
  readonly error_ms: number
  readonly critical_ms: number
}

export interface Thresholds {
  readonly latency: LatencyThresholds & { readonly measure: string }
  readonly latency_by_model: readonly (LatencyThresholds & { readonly model: string })[]
  readonly success_rate: { readonly warning: number; readonly error: number; readonly critical: number }
  readonly consecutive_failures: { readonly error: number; readonly critical: number }
  readonly rapid_failures: { readonly count: number; readonly within_ms: number; readonly min_share: number }
  readonly no_models_after_ms: number
  readonly window_ms: number
  readonly min_samples: number
  readonly cooldown_ms: number
}

export interface SeriesPoint {
  readonly time: string
  readonly value: number | null
  readonly timing?: {
    readonly count: number
    readonly avg_ms: number | null
    readonly p50_ms: number | null
    readonly p95_ms: number | null
    readonly p99_ms: number | null
  }
}

export type SimulationStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

interface Durations {
  readonly count: number
  readonly mean_ms: number | null
  readonly p50_ms: number | null
  readonly p95_ms: number | null
  readonly p99_ms: number | null
}

export interface SimulatedModel {
  readonly id: string
  readonly max_concurrent: number
  readonly target_utilization: number
  readonly utilization: number
  readonly over_target_share: number
  readonly greatest_concurrency: number
  readonly requests: number
  readonly success_rate: number | null
  readonly wait: Durations
  readonly latency: Durations
  readonly cost_usd: number
}

export interface SimulatedSide {
  readonly policy: string
  readonly requests: number
  readonly success_rate: number | null
  readonly wait: Durations
  readonly first_token: Durations
  readonly latency: Durations
  readonly quality: number | null
  readonly cost_usd: number
  readonly models: readonly SimulatedModel[]
}

export interface SimulationView {
  readonly id: string
  readonly status: SimulationStatus
  readonly progress: number
  readonly created_at: string
  readonly error: { readonly message: string } | null
  readonly result: {
    readonly left_out: number
    readonly before: SimulatedSide
    readonly after: SimulatedSide
  } | null
}

export interface ScenarioView {
  readonly name: string
  readonly title: string
  readonly takes_load: boolean
  readonly models: readonly {
    readonly id: string
    readonly max_concurrent: number
    readonly target_utilization: number
  }[]
}
