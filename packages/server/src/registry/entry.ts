import type { Agent, Assignment, Capacity, Model, Pace } from '@loadstar/core'

/** Who defined an entry: `file` entries are changed in loadstar.yaml only, `api` entries live in the database. */
type Source = 'file' | 'api'

/** Families of APIs that backends speak. */
export const DIALECTS = ['openai', 'anthropic'] as const
type Dialect = (typeof DIALECTS)[number]

/** How a backend of the OpenAI family serves `/v1/responses`: by itself, or by its chat completions. */
export const RESPONSES_APIS = ['native', 'translated'] as const
type ResponsesApi = (typeof RESPONSES_APIS)[number]

/** What an operator has laid over the definition of a model, whoever defined it. What is left out is as defined. */
export interface ModelOverride extends Partial<Capacity> {
  /** Else it is given nothing new, and what runs there goes on to its end. */
  readonly isEnabled: boolean
}

/** How a model is operated, where that is not as it was defined. */
interface Operation {
  readonly override: ModelOverride
  /** Its limits in the definition. */
  readonly defined: Capacity
}

/** A model as the server knows it: what core needs, and how to reach it. */
export interface ModelEntry extends Model {
  /** A public name that several models may share. */
  readonly alias?: string
  /** Base of the backend's API up to and including its version, e.g. `http://127.0.0.1:9001/v1`. */
  readonly baseUrl: string
  readonly dialect: Dialect
  /** `native` when absent. */
  readonly responsesApi?: ResponsesApi
  /** Whether a stream may be asked for its token counts; absent says yes. */
  readonly streamUsage?: boolean
  /** Whether its answers to repeatable requests are kept for those who ask the same; absent says no. */
  readonly cachesResponses?: boolean
  /** The name the backend knows it by. */
  readonly upstreamModel: string
  /** A secret; never logged, stored or answered. */
  readonly apiKey?: string
  /** Name of the environment variable that holds the secret; what entries made through the API use. */
  readonly apiKeyEnv?: string
  readonly tags: readonly string[]
  /** How fast it is taken to be until its answers have told. */
  readonly pace?: Pace
  /** Ids of models to try, in this order, when neither it nor another candidate can answer. */
  readonly fallbacks?: readonly string[]
  readonly source: Source
  /** Absent where it is operated as it was defined. */
  readonly operation?: Operation
}

/** An agent as the server knows it. */
export interface AgentEntry extends Agent {
  readonly source: Source
}

export const ASSIGNMENT_STATUSES = ['active', 'inactive'] as const
export type AssignmentStatus = (typeof ASSIGNMENT_STATUSES)[number]

/** An assignment as it is stored: identity, status and times added. At most one `active` per agent. */
export interface AssignmentEntry extends Assignment {
  readonly id: string
  readonly status: AssignmentStatus
  readonly notes: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}
