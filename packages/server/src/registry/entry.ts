import type { Agent, Model } from '@loadstar/core'

/** Who defined an entry: `file` entries are changed in loadstar.yaml only, `api` entries live in the database. */
type Source = 'file' | 'api'

/** Where the API dialect of a backend ends and ours begins. */
export const DIALECTS = ['openai'] as const
type Dialect = (typeof DIALECTS)[number]

/** A model as the server knows it: what core needs, and how to reach it. */
export interface ModelEntry extends Model {
  /** A public name that several models may share. */
  readonly alias?: string
  /** Base of the backend's API up to and including its version, e.g. `http://127.0.0.1:9001/v1`. */
  readonly baseUrl: string
  readonly dialect: Dialect
  /** The name the backend knows it by. */
  readonly upstreamModel: string
  /** A secret; never logged, stored or answered. */
  readonly apiKey?: string
  /** Name of the environment variable that holds the secret; what entries made through the API use. */
  readonly apiKeyEnv?: string
  readonly tags: readonly string[]
  readonly source: Source
}

/** An agent as the server knows it. */
export interface AgentEntry extends Agent {
  readonly source: Source
}

export const ASSIGNMENT_STATUSES = ['active', 'inactive'] as const
export type AssignmentStatus = (typeof ASSIGNMENT_STATUSES)[number]

/** One stored pairing of an agent with a model. At most one `active` per agent. */
export interface AssignmentEntry {
  readonly id: string
  readonly agentId: string
  readonly agentName: string
  readonly modelId: string
  readonly modelName: string
  /** 0..100, capability score after load factor. */
  readonly score: number
  /** 0..100, capability score alone. */
  readonly matchScore: number
  /** The strategy that made it, or `manual`. */
  readonly method: 'greedy' | 'balanced' | 'optimal' | 'manual'
  readonly isOptimal: boolean
  readonly capabilityOverlap: readonly string[]
  readonly missingRequired: readonly string[]
  readonly capabilityScore: number
  readonly status: AssignmentStatus
  readonly notes: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}
