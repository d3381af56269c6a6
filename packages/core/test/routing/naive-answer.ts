import type { Outcome } from '../../src/routing/outcome.js'
import type { NaiveDecision } from './naive-decision.js'

/** What both routers answer, told alike. */

export type Told = NaiveDecision | undefined
export type Refusal = { outcome: Outcome; canRetry: boolean }
export type Step = {
  admitted: { ticketId: number; leaseId: number; modelId: string; waitedMs: number; decision: Told }[]
  dropped: (Refusal & { ticketId: number })[]
}
export type Answer =
  | { kind: 'admitted'; leaseId: number; modelId: string; decision: Told }
  | {
      kind: 'queued'
      ticketId: number
      homeModelId: string
      position: number
      expiresMs: number
      displaced: (Refusal & { ticketId: number }) | undefined
    }
  | ({ kind: 'rejected'; decision: Told } & Refusal)
