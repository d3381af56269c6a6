import type { Assignment } from '@loadstar/core'
import { created, overridden, renewed, restored, type AssignmentOverride } from './assignment-change.js'
import type { Catalog } from './catalog.js'
import type { AgentEntry, AssignmentEntry, ModelEntry, ModelOverride } from './entry.js'
import { openRoster } from './opening.js'
import { definitionOf, operated, overrideOf } from './operation.js'
import type { RegistryChange, RosterSnapshot } from './registry-change.js'
import {
  assignedElsewhere,
  nothingToUndo,
  taken,
  unknownAgent,
  unknownAssignment,
  unknownModel,
} from './registry-error.js'
import { refuseFileEntry, refuseTaken, type Roster } from './roster.js'
import type { AssignmentQuery, RegistryStore } from './store.js'

interface RegistryOptions {
  readonly store: RegistryStore
  /** The configuration file's own, source `file`. */
  readonly models: readonly ModelEntry[]
  /** The configuration file's own, source `file`. */
  readonly agents: readonly AgentEntry[]
  /** Unix milliseconds; the system's clock when left out. */
  readonly clock?: () => number
}

/** Automatic runs that can be taken back, one after the other. */
const MOST_UNDONE = 10

type Listener = (change: RegistryChange) => void | Promise<void>

/**
 * Models, agents and assignments of one instance: read from memory, changed through the store.
 *
 * Changes run one after the other; each is stored before memory shows it and before listeners hear of it, so that
 * what anybody saw survives a crash. Entries of the configuration file win over stored ones with the same id and
 * cannot be changed here. Deleting a model or an agent deletes its assignments; where one has merely vanished from
 * the file, its active assignments become inactive when the registry opens.
 *
 * Over 300 lines, half of them contract: whatever changes the registry is one method here, in one line of changes.
 */
export class Registry implements Catalog {
  /** Stored entries hidden by one of the file with the same id, e.g. `models.atlas-70b`. */
  readonly shadowed: readonly string[]
  /** Ids of the assignments that became inactive on opening, because their model or agent is not defined any more. */
  readonly deactivated: readonly string[]

  readonly #store: RegistryStore
  readonly #clock: () => number
  readonly #roster: Roster
  readonly #listeners: Listener[] = []
  #followed: Promise<unknown> = Promise.resolve()
  #lastChange: Promise<unknown> = Promise.resolve()
  /** The automatic assignments before each of the last runs. */
  #before: readonly (readonly AssignmentEntry[])[] = []

  private constructor(
    store: RegistryStore,
    clock: () => number,
    roster: Roster,
    shadowed: readonly string[],
    gone: readonly AssignmentEntry[],
  ) {
    this.#store = store
    this.#clock = clock
    this.#roster = roster
    this.shadowed = shadowed
    this.deactivated = gone.map(({ id }) => id)
  }

  /** @throws what the store throws when it cannot be read or written. */
  static async open({ store, models, agents, clock = Date.now }: RegistryOptions): Promise<Registry> {
    const { roster, shadowed, gone } = await openRoster(store, { models, agents }, clock())
    return new Registry(store, clock, roster, shadowed, gone)
  }

  get version(): number {
    return this.#roster.version
  }

  models(): readonly ModelEntry[] {
    return this.#roster.models()
  }

  model(id: string): ModelEntry | undefined {
    return this.#roster.model(id)
  }

  modelsOfAlias(alias: string): readonly ModelEntry[] {
    return this.#roster.modelsOfAlias(alias)
  }

  agents(): readonly AgentEntry[] {
    return this.#roster.agents()
  }

  agent(id: string): AgentEntry | undefined {
    return this.#roster.agent(id)
  }

  assignmentOf(agentId: string): AssignmentEntry | undefined {
    return this.#roster.assignmentOf(agentId)
  }

  activeAssignments(): readonly AssignmentEntry[] {
    return this.#roster.activeAssignments()
  }

  /** Active and inactive ones, straight from the store. */
  listAssignments(query: AssignmentQuery): Promise<{ rows: readonly AssignmentEntry[]; total: number }> {
    return this.#store.listAssignments(query)
  }

  /** Everything as it stands, to be kept elsewhere by what `onChange` tells. */
  snapshot(): RosterSnapshot {
    return this.#roster.snapshot()
  }

  /**
   * Calls the listener after every change from here on, in the order of the changes. It must neither throw nor reject;
   * whoever made the change hears that it is done only when the listener's promise has resolved.
   */
  onChange(listener: Listener): void {
    this.#listeners.push(listener)
  }

  /** @throws {RegistryError} `ALREADY_EXISTS` for an id or alias that is taken, or `DEFINED_IN_FILE`. */
  createModel(model: ModelEntry): Promise<ModelEntry> {
    return this.#change(async () => {
      refuseTaken('models', this.model(model.id))
      const added: ModelEntry = { ...model, source: 'api' }
      this.#roster.refuseAmbiguous(added)
      if (!(await this.#store.addModel(added))) throw taken('models', model.id)
      return this.#putModel(added)
    })
  }

  /**
   * @param change - gets the model as it is defined at its turn; id and source cannot be changed.
   * @throws {RegistryError} `UNKNOWN_MODEL`, `DEFINED_IN_FILE`, or `ALREADY_EXISTS` for an alias that is an id.
   */
  updateModel(id: string, change: (current: ModelEntry) => ModelEntry): Promise<ModelEntry> {
    return this.#change(async () => {
      const current = this.#roster.knownModel(id, 'id')
      refuseFileEntry('models', current)
      const next: ModelEntry = { ...change(definitionOf(current)), id, source: 'api' }
      this.#roster.refuseAmbiguous(next)
      if (!(await this.#store.replaceModel(next))) throw unknownModel(id, 'id')
      return this.#putModel(operated(next, overrideOf(current)))
    })
  }

  /**
   * Lays something over the definition of a model, whoever defined it: it survives a restart, and what the file says of
   * the model otherwise is followed as before.
   *
   * @param change - gets what is laid over it at its turn.
   * @throws {RegistryError} `UNKNOWN_MODEL`.
   */
  operateModel(id: string, change: (current: ModelOverride) => ModelOverride): Promise<ModelEntry> {
    return this.#change(async () => {
      const current = this.#roster.knownModel(id, 'id')
      const next = operated(definitionOf(current), change(overrideOf(current)))
      await this.#store.saveOverride(id, next.operation?.override)
      return this.#putModel(next)
    })
  }

  /** Deletes the model and its assignments. @throws {RegistryError} `UNKNOWN_MODEL`, or `DEFINED_IN_FILE`. */
  deleteModel(id: string): Promise<void> {
    return this.#change(async () => {
      refuseFileEntry('models', this.#roster.knownModel(id, 'id'))
      await this.#store.deleteModel(id)
      this.#changed({ kind: 'model_removed', id })
    })
  }

  /** @throws {RegistryError} `ALREADY_EXISTS` for an id that is taken, or `DEFINED_IN_FILE`. */
  createAgent(agent: AgentEntry): Promise<AgentEntry> {
    return this.#change(async () => {
      refuseTaken('agents', this.agent(agent.id))
      const added: AgentEntry = { ...agent, source: 'api' }
      if (!(await this.#store.addAgent(added))) throw taken('agents', agent.id)
      return this.#putAgent(added)
    })
  }

  /**
   * @param change - gets the agent as it stands at its turn; id and source cannot be changed.
   * @throws {RegistryError} `UNKNOWN_AGENT`, or `DEFINED_IN_FILE`.
   */
  updateAgent(id: string, change: (current: AgentEntry) => AgentEntry): Promise<AgentEntry> {
    return this.#change(async () => {
      const current = this.#roster.knownAgent(id, 'id')
      refuseFileEntry('agents', current)
      const next: AgentEntry = { ...change(current), id, source: 'api' }
      if (!(await this.#store.replaceAgent(next))) throw unknownAgent(id, 'id')
      return this.#putAgent(next)
    })
  }

  /** Deletes the agent and its assignments. @throws {RegistryError} `UNKNOWN_AGENT`, or `DEFINED_IN_FILE`. */
  deleteAgent(id: string): Promise<void> {
    return this.#change(async () => {
      refuseFileEntry('agents', this.#roster.knownAgent(id, 'id'))
      await this.#store.deleteAgent(id)
      this.#changed({ kind: 'agent_removed', id })
    })
  }

  /**
   * Puts the result of an automatic run in the place of the one before. Manual assignments stay, and win over the
   * run; pairings whose agent or model was deleted meanwhile are left out. A pairing that stays keeps its id.
   *
   * @throws {RegistryError} `ALREADY_ASSIGNED` when somebody else has assigned an agent in the store.
   */
  replaceAutomatic(pairings: readonly Assignment[]): Promise<void> {
    return this.#change(async () => {
      const before = this.activeAssignments().filter(({ method }) => method !== 'manual')
      await this.#replaceAutomatic(renewed(this.#roster, pairings, this.#clock()))
      this.#before = [...this.#before, before].slice(-MOST_UNDONE)
    })
  }

  /**
   * Takes back the last automatic run that has not been taken back; those before the start are not remembered. Manual
   * assignments stay, and pairings whose agent or model is gone are left out.
   *
   * @returns how many stand again, and how many do not.
   * @throws {RegistryError} `NOTHING_TO_UNDO`; `ALREADY_ASSIGNED` as `replaceAutomatic`.
   */
  undoAutomatic(): Promise<{ readonly restored: number; readonly leftOut: number }> {
    return this.#change(async () => {
      const before = this.#before.at(-1)
      if (before === undefined) throw nothingToUndo()
      const next = restored(this.#roster, before, this.#clock())
      await this.#replaceAutomatic(next)
      this.#before = this.#before.slice(0, -1)
      return { restored: next.length, leftOut: before.length - next.length }
    })
  }

  /**
   * Pairs an agent with a model by hand. An automatic assignment of the agent becomes inactive.
   *
   * @throws {RegistryError} `UNKNOWN_AGENT`, `UNKNOWN_MODEL`, or `ALREADY_ASSIGNED` when it has a manual one.
   */
  createAssignment(agentId: string, modelId: string, notes: string | null): Promise<AssignmentEntry> {
    return this.#change(async () => {
      const wanted = { agentId, modelId, notes }
      const { assignment, superseded } = created(this.#roster, wanted, this.#clock())
      const changes = [...superseded, assignment]
      if (!(await this.#store.saveAssignments(changes))) throw assignedElsewhere([assignment])
      return this.#putAssignment(assignment)
    })
  }

  /**
   * Changes one assignment. With another model it is scored anew, becomes manual, and so survives automatic runs.
   *
   * @throws {RegistryError} `UNKNOWN_ASSIGNMENT`; `UNKNOWN_MODEL` or `UNKNOWN_AGENT` when it would name what is not
   * there; `ALREADY_ASSIGNED` when the agent has another active one.
   */
  overrideAssignment(id: string, override: AssignmentOverride): Promise<AssignmentEntry> {
    return this.#change(async () => {
      const next = overridden(this.#roster, await this.#knownAssignment(id), override, this.#clock())
      if (!(await this.#store.saveAssignments([next]))) throw assignedElsewhere([next])
      return this.#putAssignment(next)
    })
  }

  /** @throws {RegistryError} `UNKNOWN_ASSIGNMENT`. */
  deleteAssignment(id: string): Promise<void> {
    return this.#change(async () => {
      const current = await this.#knownAssignment(id)
      await this.#store.deleteAssignment(id)
      this.#changed({ kind: 'assignment_removed', assignment: current })
    })
  }

  /** Runs a change when all before it are done, whether they succeeded or not. */
  #change<Result>(step: () => Promise<Result>): Promise<Result> {
    const stepped = this.#lastChange.then(step)
    this.#lastChange = stepped.catch(() => undefined)
    return stepped.then(async (result) => {
      await this.#followed
      return result
    })
  }

  #changed(change: RegistryChange): void {
    this.#roster.apply(change)
    this.#followed = Promise.all(this.#listeners.map(async (listener) => listener(change)))
  }

  #putModel(model: ModelEntry): ModelEntry {
    this.#changed({ kind: 'model_put', model })
    return model
  }

  #putAgent(agent: AgentEntry): AgentEntry {
    this.#changed({ kind: 'agent_put', agent })
    return agent
  }

  #putAssignment(assignment: AssignmentEntry): AssignmentEntry {
    this.#changed({ kind: 'assignment_put', assignment })
    return assignment
  }

  async #replaceAutomatic(next: readonly AssignmentEntry[]): Promise<void> {
    if (!(await this.#store.replaceAutomaticAssignments(next))) throw assignedElsewhere(next)
    const manual = this.activeAssignments().filter(({ method }) => method === 'manual')
    this.#changed({ kind: 'assignments_replaced', assignments: [...manual, ...next] })
  }

  async #knownAssignment(id: string): Promise<AssignmentEntry> {
    const assignment = await this.#store.findAssignment(id)
    if (assignment !== undefined) return assignment
    throw unknownAssignment(id)
  }
}
