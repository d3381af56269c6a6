/** Why the registry refused a change. */
export type RegistryErrorCode =
  | 'ALREADY_ASSIGNED'
  | 'ALREADY_EXISTS'
  | 'DEFINED_IN_FILE'
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
