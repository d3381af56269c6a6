import type { Assignment } from '@loadstar/core'
import type { Catalog } from './catalog.js'
import type { AgentEntry, AssignmentEntry, ModelEntry } from './entry.js'
import { EntryMap } from './entry-map.js'
import type { RegistryChange, RosterSnapshot } from './registry-change.js'
import { RegistryError, taken, unknownAgent, unknownModel } from './registry-error.js'

type Kind = 'models' | 'agents'

/** Who is there and who is assigned to whom, in memory; the store is not its business. Lookups are O(1). */
export class Roster implements Catalog {
  readonly #models = new EntryMap<ModelEntry>()
  readonly #agents = new EntryMap<AgentEntry>()
  readonly #activeByAgent = new Map<string, AssignmentEntry>()
  #byAlias: ReadonlyMap<string, readonly ModelEntry[]> | undefined
  #version = 1

  static of({ version, models, agents, assignments }: RosterSnapshot): Roster {
    const roster = new Roster()
    for (const model of models) roster.putModel(model)
    for (const agent of agents) roster.putAgent(agent)
    for (const assignment of assignments) roster.putAssignment(assignment)
    roster.#version = version
    return roster
  }

  snapshot(): RosterSnapshot {
    return {
      version: this.#version,
      models: this.models(),
      agents: this.agents(),
      assignments: this.activeAssignments(),
    }
  }

  /** Makes the change; the same changes in the same order make the same roster. */
  apply(change: RegistryChange): void {
    this.#version++
    switch (change.kind) {
      case 'model_put':
        return this.putModel(change.model)
      case 'model_removed':
        return this.#removeModel(change.id)
      case 'agent_put':
        return this.putAgent(change.agent)
      case 'agent_removed':
        return this.#removeAgent(change.id)
      case 'assignment_put':
        return this.putAssignment(change.assignment)
      case 'assignment_removed':
        return this.#removeAssignment(change.assignment)
      case 'assignments_replaced':
        this.#activeByAgent.clear()
        for (const assignment of change.assignments) this.putAssignment(assignment)
    }
  }

  get version(): number {
    return this.#version
  }

  models(): readonly ModelEntry[] {
    return this.#models.list()
  }

  model(id: string): ModelEntry | undefined {
    return this.#models.get(id)
  }

  modelsOfAlias(alias: string): readonly ModelEntry[] {
    this.#byAlias ??= groupByAlias(this.#models.list())
    return this.#byAlias.get(alias) ?? []
  }

  agents(): readonly AgentEntry[] {
    return this.#agents.list()
  }

  agent(id: string): AgentEntry | undefined {
    return this.#agents.get(id)
  }

  assignmentOf(agentId: string): AssignmentEntry | undefined {
    return this.#activeByAgent.get(agentId)
  }

  activeAssignments(): readonly AssignmentEntry[] {
    return [...this.#activeByAgent.values()]
  }

  putModel(model: ModelEntry): void {
    this.#models.put(model)
    this.#byAlias = undefined
  }

  putAgent(agent: AgentEntry): void {
    this.#agents.put(agent)
  }

  /** Makes an active assignment the agent's only one, and forgets an inactive one if it was. */
  putAssignment(assignment: AssignmentEntry): void {
    if (assignment.status === 'active') this.#activeByAgent.set(assignment.agentId, assignment)
    else this.#removeAssignment(assignment)
  }

  /** Whether both sides of a pairing are there. */
  isPossible({ agentId, modelId }: Pick<Assignment, 'agentId' | 'modelId'>): boolean {
    return this.agent(agentId) !== undefined && this.model(modelId) !== undefined
  }

  /**
   * An alias that is also a model's id would hide it, or be hidden by it.
   *
   * @throws {RegistryError} `ALREADY_EXISTS` naming `alias` or `id`.
   */
  refuseAmbiguous({ id, alias }: ModelEntry): void {
    if (alias !== undefined && (alias === id || this.model(alias) !== undefined)) {
      throw new RegistryError(
        'ALREADY_EXISTS',
        'alias',
        `alias must not be the id of a model, got "${alias}"`,
      )
    }
    if (this.modelsOfAlias(id).length > 0) {
      throw new RegistryError('ALREADY_EXISTS', 'id', `id must not be the alias of a model, got "${id}"`)
    }
  }

  /** @throws {RegistryError} `UNKNOWN_MODEL` naming the field it came from. */
  knownModel(id: string, field: string): ModelEntry {
    const model = this.#models.get(id)
    if (model === undefined) throw unknownModel(id, field)
    return model
  }

  /** @throws {RegistryError} `UNKNOWN_AGENT` naming the field it came from. */
  knownAgent(id: string, field: string): AgentEntry {
    const agent = this.#agents.get(id)
    if (agent === undefined) throw unknownAgent(id, field)
    return agent
  }

  #removeModel(id: string): void {
    this.#models.remove(id)
    this.#byAlias = undefined
    for (const [agentId, { modelId }] of this.#activeByAgent) {
      if (modelId === id) this.#activeByAgent.delete(agentId)
    }
  }

  #removeAgent(id: string): void {
    this.#agents.remove(id)
    this.#activeByAgent.delete(id)
  }

  #removeAssignment({ id, agentId }: AssignmentEntry): void {
    if (this.#activeByAgent.get(agentId)?.id === id) this.#activeByAgent.delete(agentId)
  }
}

/** @throws {RegistryError} `DEFINED_IN_FILE` for an entry that only the configuration file may change. */
export function refuseFileEntry(kind: Kind, entry: ModelEntry | AgentEntry): void {
  if (entry.source !== 'file') return
  const message = `${kind}.${entry.id} is defined in loadstar.yaml; change it there`
  throw new RegistryError('DEFINED_IN_FILE', 'id', message)
}

/** @throws {RegistryError} `ALREADY_EXISTS`, or `DEFINED_IN_FILE`, when the id is taken. */
export function refuseTaken(kind: Kind, known: ModelEntry | AgentEntry | undefined): void {
  if (known === undefined) return
  refuseFileEntry(kind, known)
  throw taken(kind, known.id)
}

function groupByAlias(models: readonly ModelEntry[]): ReadonlyMap<string, readonly ModelEntry[]> {
  const groups = new Map<string, ModelEntry[]>()
  for (const model of models) {
    if (model.alias === undefined) continue
    const group = groups.get(model.alias)
    if (group === undefined) groups.set(model.alias, [model])
    else group.push(model)
  }
  return groups
}
