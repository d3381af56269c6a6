import type { IncomingHttpHeaders } from 'node:http'
import type { Priority } from '@loadstar/core'
import type { Role } from '../config/config.js'
import type { Refusal } from './refusal.js'

/** Who sent a request, by the key it came with. */
export interface Caller {
  readonly keyId: string
  readonly role: Role
  /** Agents it may speak for; any when `undefined`. */
  readonly agents: ReadonlySet<string> | undefined
  /** The most urgent priority it can claim; as the configuration says when `undefined`. */
  readonly highestPriority: Priority | undefined
}

/** Tells callers apart. */
export interface Callers {
  /** Why it may not come in, where it has no key, or none that is known. */
  of(headers: IncomingHttpHeaders): Caller | Refusal
}
