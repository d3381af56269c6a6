import type { AgentEntry, AssignmentEntry, AssignmentStatus, ModelEntry } from './entry.js'

/** Which assignments to list; every condition given must hold. */
export interface AssignmentQuery {
  readonly status?: AssignmentStatus
  readonly agentId?: string
  readonly modelId?: string
  /** 1-based. */
  readonly page: number
  /** 1..1000. */
  readonly pageSize: number
}

/**
 * What the registry needs of a database. A call that has resolved survives kill -9.
 * Only entries with source `api` are stored; those of the file live in the file.
 */
export interface RegistryStore {
  loadModels(): Promise<readonly ModelEntry[]>
  loadAgents(): Promise<readonly AgentEntry[]>
  loadActiveAssignments(): Promise<readonly AssignmentEntry[]>
  saveModel(model: ModelEntry): Promise<void>
  deleteModel(id: string): Promise<void>
  saveAgent(agent: AgentEntry): Promise<void>
  deleteAgent(id: string): Promise<void>
  /** Replaces every active assignment that is not manual, in one transaction. */
  replaceAutomaticAssignments(assignments: readonly AssignmentEntry[]): Promise<void>
  saveAssignment(assignment: AssignmentEntry): Promise<void>
  deleteAssignment(id: string): Promise<boolean>
  findAssignment(id: string): Promise<AssignmentEntry | undefined>
  listAssignments(query: AssignmentQuery): Promise<{ rows: readonly AssignmentEntry[]; total: number }>
  close(): Promise<void>
}
