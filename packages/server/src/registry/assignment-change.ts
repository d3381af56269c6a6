import type { Assignment } from '@loadstar/core'
import { randomUUID } from 'node:crypto'
import type { AssignmentEntry, AssignmentStatus } from './entry.js'
import { manualPairing } from './pairing.js'
import { RegistryError } from './registry-error.js'
import type { Roster } from './roster.js'

/** What an operator may change about one assignment; what is left out stays. */
export interface AssignmentOverride {
  readonly modelId?: string | undefined
  readonly status?: AssignmentStatus | undefined
  readonly notes?: string | null | undefined
  /** Becomes manual with the model it has. */
  readonly isPinned?: true | undefined
}

/** What of earlier automatic assignments can stand again: under new ids, for the old ones may be taken. */
export function restored(
  roster: Roster,
  before: readonly AssignmentEntry[],
  nowMs: number,
): AssignmentEntry[] {
  return before
    .filter((pairing) => roster.isPossible(pairing))
    .filter(({ agentId }) => roster.assignmentOf(agentId)?.method !== 'manual')
    .map((entry) => ({ ...entry, id: randomUUID(), updatedAtMs: nowMs }))
}

/** What of an automatic run is to be stored: manual assignments win, and a pairing that stays keeps its id. */
export function renewed(roster: Roster, pairings: readonly Assignment[], nowMs: number): AssignmentEntry[] {
  return pairings
    .filter((pairing) => roster.isPossible(pairing))
    .filter(({ agentId }) => roster.assignmentOf(agentId)?.method !== 'manual')
    .map((pairing) => {
      const previous = roster.assignmentOf(pairing.agentId)
      if (previous?.modelId !== pairing.modelId) return active(pairing, nowMs, null)
      return { ...previous, ...pairing, updatedAtMs: nowMs }
    })
}

/**
 * A manual assignment to store, after the automatic one it supersedes, which becomes inactive.
 *
 * @throws {RegistryError} `UNKNOWN_AGENT`, `UNKNOWN_MODEL`, or `ALREADY_ASSIGNED` when the agent has a manual one.
 */
export function created(
  roster: Roster,
  wanted: { readonly agentId: string; readonly modelId: string; readonly notes: string | null },
  nowMs: number,
): { readonly assignment: AssignmentEntry; readonly superseded: readonly AssignmentEntry[] } {
  const agent = roster.knownAgent(wanted.agentId, 'agent_id')
  const model = roster.knownModel(wanted.modelId, 'model_id')
  const previous = roster.assignmentOf(agent.id)
  if (previous?.method === 'manual') throw alreadyAssigned(previous)
  return {
    assignment: active(manualPairing(agent, model), nowMs, wanted.notes),
    superseded: previous === undefined ? [] : [{ ...previous, status: 'inactive', updatedAtMs: nowMs }],
  }
}

/**
 * The assignment as the operator wants it. With another model, or pinned, it is scored anew and becomes manual.
 *
 * @throws {RegistryError} `UNKNOWN_MODEL` or `UNKNOWN_AGENT` when it would name what is not there;
 * `ALREADY_ASSIGNED` when it would be the agent's second active one.
 */
export function overridden(
  roster: Roster,
  current: AssignmentEntry,
  override: AssignmentOverride,
  nowMs: number,
): AssignmentEntry {
  const { modelId = current.modelId, status = current.status, notes = current.notes } = override
  const next = { ...current, status, notes, updatedAtMs: nowMs }
  // One whose model is gone may still be annotated or put aside.
  if (status === 'inactive' && modelId === current.modelId && override.isPinned !== true) return next
  const agent = roster.knownAgent(current.agentId, 'agent_id')
  const model = roster.knownModel(modelId, 'model_id')
  const other = roster.assignmentOf(agent.id)
  if (status === 'active' && other !== undefined && other.id !== current.id) throw alreadyAssigned(other)
  const staysAsItIs = modelId === current.modelId && override.isPinned !== true
  return staysAsItIs ? next : { ...next, ...manualPairing(agent, model) }
}

function active(pairing: Assignment, nowMs: number, notes: string | null): AssignmentEntry {
  return { ...pairing, id: randomUUID(), status: 'active', notes, createdAtMs: nowMs, updatedAtMs: nowMs }
}

function alreadyAssigned({ id, agentId, modelId, method }: AssignmentEntry): RegistryError {
  const message = `agent "${agentId}" already has an active ${method} assignment, ${id} to "${modelId}": change that one`
  return new RegistryError('ALREADY_ASSIGNED', 'agent_id', message)
}
