import type { AgentEntry, AssignmentEntry, ModelEntry } from './entry.js'

/** What a change was, with all that is needed to repeat it elsewhere. */
export type RegistryChange =
  | { readonly kind: 'model_put'; readonly model: ModelEntry }
  /** With its assignments. */
  | { readonly kind: 'model_removed'; readonly id: string }
  | { readonly kind: 'agent_put'; readonly agent: AgentEntry }
  /** With its assignment. */
  | { readonly kind: 'agent_removed'; readonly id: string }
  | { readonly kind: 'assignment_put'; readonly assignment: AssignmentEntry }
  | { readonly kind: 'assignment_removed'; readonly assignment: AssignmentEntry }
  /** These are all that are active from here on. */
  | { readonly kind: 'assignments_replaced'; readonly assignments: readonly AssignmentEntry[] }

/** Everything at one moment, each list in catalog order. */
export interface RosterSnapshot {
  readonly version: number
  readonly models: readonly ModelEntry[]
  readonly agents: readonly AgentEntry[]
  /** The active ones. */
  readonly assignments: readonly AssignmentEntry[]
}
