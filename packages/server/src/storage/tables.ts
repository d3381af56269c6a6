import type { Generated } from 'kysely'

/** The tables as the last migration leaves them. Lists and maps are JSON texts, truths are 0 or 1. */
export interface Tables {
  readonly models: ModelTable
  readonly model_overrides: ModelOverrideTable
  readonly agents: AgentTable
  readonly assignments: AssignmentTable
  readonly votes: VoteTable
  readonly vote_tallies: VoteTallyTable
  readonly alerts: AlertTable
  readonly rollups: RollupTable
  readonly budget_spent: BudgetSpentTable
}

export interface ModelTable {
  /** Order of first saving; `id` is what others refer to. */
  readonly seq: Generated<number>
  readonly id: string
  readonly name: string
  readonly capabilities: string
  readonly context_length: number
  readonly max_concurrent: number
  readonly max_queue: number
  readonly target_utilization: number
  readonly input_usd_per_mtok: number | null
  readonly output_usd_per_mtok: number | null
  readonly alias: string | null
  readonly base_url: string
  readonly dialect: string
  /** `null` where nothing was said, as in entries older than the column. */
  readonly responses_api: string | null
  readonly stream_usage: number | null
  readonly cache_responses: number | null
  readonly upstream_model: string
  readonly api_key_env: string | null
  readonly tags: string
}

/** `null` where the limit is as defined. */
export interface ModelOverrideTable {
  readonly model_id: string
  readonly is_enabled: number
  readonly max_concurrent: number | null
  readonly max_queue: number | null
  readonly target_utilization: number | null
}

export interface AgentTable {
  readonly seq: Generated<number>
  readonly id: string
  readonly name: string
  readonly type: string
  readonly status: string
  readonly endpoint: string | null
  readonly capabilities: string
  readonly preferred_capabilities: string
  readonly min_context_length: number | null
}

export interface AssignmentTable {
  readonly seq: Generated<number>
  readonly id: string
  readonly agent_id: string
  readonly agent_name: string
  readonly model_id: string
  readonly model_name: string
  readonly score: number
  readonly match_score: number
  readonly method: string
  readonly is_optimal: number
  readonly capability_overlap: string
  readonly missing_required: string
  readonly capability_score: number
  /** `null` where nothing was measured, as are the three that follow. */
  readonly performance_score: number | null
  readonly performance_adjustment: number | null
  readonly success_rate: number | null
  readonly avg_latency_ms: number | null
  readonly status: string
  readonly notes: string | null
  readonly created_at_ms: number
  readonly updated_at_ms: number
}

/** The latest vote on each answer. */
export interface VoteTable {
  readonly decision_id: string
  readonly model_id: string
  readonly task_type: string
  readonly score: number
  readonly at_ms: number
}

/** Votes added up as they counted at `at_ms`. */
export interface VoteTallyTable {
  readonly model_id: string
  readonly task_type: string
  readonly weight: number
  readonly sum: number
  readonly at_ms: number
}

export interface AlertTable {
  readonly id: string
  readonly type: string
  readonly model_id: string | null
  readonly rule_id: string | null
  readonly severity: string
  readonly message: string
  readonly value: number
  readonly threshold: number
  readonly started_at_ms: number
  readonly changed_at_ms: number
  /** `null` while it is active. */
  readonly resolved_at_ms: number | null
  readonly resolution: string | null
  readonly acknowledged_at_ms: number | null
  readonly acknowledged_by: string | null
  readonly occurrences: number
  /** What was last told of it, as JSON. */
  readonly told: string | null
}

export interface RollupTable {
  readonly step_s: number
  readonly start_s: number
  readonly subject: string
  readonly instance: string
  readonly requests: number
  readonly completed: number
  readonly succeeded: number
  readonly judged: number
  readonly calls: number
  readonly failures: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost_usd: number
  /** Base64: the engines differ in how they tell bytes. */
  readonly sketches: string
}

export interface BudgetSpentTable {
  readonly payer: string
  /** `day` or `month`. */
  readonly span: string
  readonly starts_ms: number
  readonly requests: number
  readonly tokens: number
  readonly cost_usd: number
}
