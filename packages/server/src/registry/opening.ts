import type { AgentEntry, AssignmentEntry, ModelEntry } from './entry.js'
import { operated } from './operation.js'
import { Roster } from './roster.js'
import type { RegistryStore } from './store.js'

interface Opened {
  readonly roster: Roster
  /** Stored entries hidden by one of the file with the same id, e.g. `models.atlas-70b`. */
  readonly shadowed: readonly string[]
  /** Assignments that became inactive: their model or agent is not defined any more. */
  readonly gone: readonly AssignmentEntry[]
}

/**
 * What the file defines, then what is stored, with what operators laid over it.
 *
 * @throws what the store throws when it cannot be read or written.
 */
export async function openRoster(
  store: RegistryStore,
  file: { readonly models: readonly ModelEntry[]; readonly agents: readonly AgentEntry[] },
  nowMs: number,
): Promise<Opened> {
  const roster = new Roster()
  for (const model of file.models) roster.putModel(model)
  for (const agent of file.agents) roster.putAgent(agent)
  const shadowed: string[] = []
  for (const model of await store.loadModels()) {
    if (roster.model(model.id) === undefined) roster.putModel(model)
    else shadowed.push(`models.${model.id}`)
  }
  for (const agent of await store.loadAgents()) {
    if (roster.agent(agent.id) === undefined) roster.putAgent(agent)
    else shadowed.push(`agents.${agent.id}`)
  }
  for (const [id, override] of await store.loadOverrides()) {
    const definition = roster.model(id)
    // A model of that name that is defined later is another one.
    if (definition === undefined) await store.saveOverride(id, undefined)
    else roster.putModel(operated(definition, override))
  }
  const stored = await store.loadActiveAssignments()
  const gone = stored
    .filter((assignment) => !roster.isPossible(assignment))
    .map((assignment): AssignmentEntry => ({ ...assignment, status: 'inactive', updatedAtMs: nowMs }))
  if (gone.length > 0) await store.saveAssignments(gone)
  for (const assignment of stored) if (roster.isPossible(assignment)) roster.putAssignment(assignment)
  return { roster, shadowed, gone }
}
