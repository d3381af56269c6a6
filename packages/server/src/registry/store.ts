import type { AgentEntry, AssignmentEntry, AssignmentStatus, ModelEntry, ModelOverride } from './entry.js'

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

/** The database cannot be reached, so nothing was read or changed; the message says why. */
export class StoreUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreUnavailable'
  }
}

/**
 * What the registry needs of a database. A call that has resolved survives kill -9.
 * Only entries with source `api` are stored; those of the file live in the file. A literal `apiKey` is never stored.
 */
export interface RegistryStore {
  /** In the order they were added. */
  loadModels(): Promise<readonly ModelEntry[]>
  /** In the order they were added. */
  loadAgents(): Promise<readonly AgentEntry[]>
  loadActiveAssignments(): Promise<readonly AssignmentEntry[]>
  /** @returns whether it was added; not when its id is taken. */
  addModel(model: ModelEntry): Promise<boolean>
  /** @returns whether there was one with its id to replace. */
  replaceModel(model: ModelEntry): Promise<boolean>
  /** Deletes the model, what was laid over it and every assignment to it, in one transaction. Unknown ids are no error. */
  deleteModel(id: string): Promise<void>
  /** What operators laid over models, by model id. */
  loadOverrides(): Promise<ReadonlyMap<string, ModelOverride>>
  /** Takes the place of what was laid over the model before; `undefined` takes that away. */
  saveOverride(modelId: string, override: ModelOverride | undefined): Promise<void>
  /** @returns whether it was added; not when its id is taken. */
  addAgent(agent: AgentEntry): Promise<boolean>
  /** @returns whether there was one with its id to replace. */
  replaceAgent(agent: AgentEntry): Promise<boolean>
  /** Deletes the agent and every assignment of it, in one transaction. Unknown ids are no error. */
  deleteAgent(id: string): Promise<void>
  /**
   * Deletes every active assignment that is not manual and saves these instead, in one transaction.
   *
   * @returns `false`, and nothing is changed, when an agent would have two active ones.
   */
  replaceAutomaticAssignments(assignments: readonly AssignmentEntry[]): Promise<boolean>
  /**
   * Adds or replaces by id, all in one transaction, in the order given.
   *
   * @returns `false`, and nothing is changed, when an agent would have two active ones.
   */
  saveAssignments(assignments: readonly AssignmentEntry[]): Promise<boolean>
  /** @returns whether there was one. */
  deleteAssignment(id: string): Promise<boolean>
  findAssignment(id: string): Promise<AssignmentEntry | undefined>
  /** One page in the order the assignments were first saved, and how many match in all. */
  listAssignments(query: AssignmentQuery): Promise<{ rows: readonly AssignmentEntry[]; total: number }>
}
