import type { AgentEntry, AssignmentEntry, ModelEntry } from './entry.js'

/**
 * What the live path reads: the registry as it stands in memory, never a query.
 *
 * `version` grows with every change, so that what was derived from the catalog can be cached by it.
 */
export interface Catalog {
  readonly version: number
  models(): readonly ModelEntry[]
  model(id: string): ModelEntry | undefined
  /** Models that share a public alias, in catalog order; empty when nobody has it. */
  modelsOfAlias(alias: string): readonly ModelEntry[]
  agents(): readonly AgentEntry[]
  agent(id: string): AgentEntry | undefined
  /** The active assignment of an agent. */
  assignmentOf(agentId: string): AssignmentEntry | undefined
}
