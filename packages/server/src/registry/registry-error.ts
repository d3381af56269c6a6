import type { AssignmentEntry } from './entry.js'

/** Why the registry refused a change. */
export type RegistryErrorCode =
  | 'ALREADY_ASSIGNED'
  | 'ALREADY_EXISTS'
  | 'DEFINED_IN_FILE'
  | 'NOTHING_TO_UNDO'
  | 'UNKNOWN_AGENT'
  | 'UNKNOWN_ASSIGNMENT'
  | 'UNKNOWN_MODEL'

/** A change that the registry as it stands does not allow; nothing was changed. */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode
  /** The field at fault in contract spelling, e.g. `model_id`. */
  readonly field: string

  constructor(code: RegistryErrorCode, field: string, message: string) {
    super(message)
    this.name = 'RegistryError'
    this.code = code
    this.field = field
  }
}

/** For an id that is there already. */
export function taken(kind: 'models' | 'agents', id: string): RegistryError {
  return new RegistryError('ALREADY_EXISTS', 'id', `id must be new, but ${kind} already has "${id}"`)
}

export function unknownModel(id: string, field: string): RegistryError {
  return new RegistryError('UNKNOWN_MODEL', field, `there is no model "${id}"`)
}

export function unknownAgent(id: string, field: string): RegistryError {
  return new RegistryError('UNKNOWN_AGENT', field, `there is no agent "${id}"`)
}

export function unknownAssignment(id: string): RegistryError {
  return new RegistryError('UNKNOWN_ASSIGNMENT', 'id', `there is no assignment "${id}"`)
}

export function nothingToUndo(): RegistryError {
  const message = 'no automatic run since the start is left to be taken back'
  return new RegistryError('NOTHING_TO_UNDO', 'assignments', message)
}

/** For assignments that the store refuses, though nothing known here stands against them. */
export function assignedElsewhere(refused: readonly AssignmentEntry[]): RegistryError {
  const agents = refused.map(({ agentId }) => `"${agentId}"`)
  const which = agents.length === 1 ? `agent ${agents[0]}` : `one of the ${agents.length} agents`
  const message = `${which} already has an active assignment in the database, which was changed from outside`
  return new RegistryError('ALREADY_ASSIGNED', 'agent_id', message)
}
