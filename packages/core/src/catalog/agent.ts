import type { Demand } from './capability.js'

export const AGENT_TYPES = ['inference', 'tool', 'orchestrator'] as const
export type AgentType = (typeof AGENT_TYPES)[number]

export const AGENT_STATUSES = ['online', 'offline', 'maintenance'] as const
/** Only `online` agents are assigned. */
export type AgentStatus = (typeof AGENT_STATUSES)[number]

/** One agent and what it asks of the model it is paired with. */
export interface Agent extends Demand {
  readonly id: string
  readonly name: string
  readonly type: AgentType
  readonly status: AgentStatus
  /** Where the agent can be reached; informative, never called. */
  readonly endpoint?: string
}
