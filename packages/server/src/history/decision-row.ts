/**
 * One request that ended, as it is stored: `must_have`, `considered` and `tries` are texts of JSON, truths are 0 or 1,
 * and what was not known is `null`.
 */
export interface DecisionRow {
  /** Of the attempt that was heard, else of the last; `null` for a request that never held a lease. */
  readonly decision_id: string | null
  readonly request_id: string
  /** Unix milliseconds of its arrival. */
  readonly at_ms: number
  readonly api: string
  readonly asked_model: string | null
  /** Of the key it came with. */
  readonly key_id: string | null
  readonly agent_id: string | null
  readonly task: string | null
  readonly must_have: string | null
  readonly priority: string | null
  readonly is_stream: number | null
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
  /** Of all attempts together. */
  readonly cost_usd: number | null
  /** Calls of models. */
  readonly attempts: number
  /** `Considered`. */
  readonly considered: string | null
  /** Of more than one attempt: `[model, outcome, service ms]` each, in order. */
  readonly tries: string | null
}

/** A decision in short. */
export interface Considered {
  readonly policy: string
  /** Whether the model was chosen to learn of it, not for its worth. */
  readonly explored: boolean
  /** Worth of the model chosen less that of the next best; `null` without one. */
  readonly margin: number | null
  /** Candidates: `[model, score, utilization, worth, why it was filtered]`, the one chosen among them. */
  readonly models: readonly (readonly [string, number, number | null, number | null, string | null])[]
  /** Candidates that are left out here. */
  readonly omitted: number
}

/** Every column, in the order of tables and CSV files. */
export const DECISION_COLUMNS = [
  'decision_id',
  'request_id',
  'at_ms',
  'api',
  'asked_model',
  'key_id',
  'agent_id',
  'task',
  'must_have',
  'priority',
  'is_stream',
  'model_id',
  'score',
  'outcome',
  'status',
  'total_ms',
  'queue_ms',
  'overhead_ms',
  'service_ms',
  'first_byte_ms',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'attempts',
  'considered',
  'tries',
] as const satisfies readonly (keyof DecisionRow)[]
