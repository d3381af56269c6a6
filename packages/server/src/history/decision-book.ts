import type { Decision } from '@loadstar/core'
import { consideredOf } from './considered.js'

/** Decisions of requests that run: more than a machine has streams open. Some 10 MB. */
const MOST_KEPT = 32_768

/** Who knows why a lease was given its model, for a while. */
export interface DecisionSource {
  /** The id that the next lease will have; leases are numbered in the order they are given. */
  nextLeaseId(): number
  decision(leaseId: number): Decision | undefined
}

/**
 * The decisions of requests that have not ended, in short. The router forgets all but the latest few thousand, which a
 * long answer outlives: so they are copied here a few times a second, and taken out when their request is recorded.
 */
export class DecisionBook {
  readonly #source: DecisionSource
  readonly #kept = new Map<number, string>()
  #nextLeaseId: number

  constructor(source: DecisionSource) {
    this.#source = source
    this.#nextLeaseId = source.nextLeaseId()
  }

  /** Copies what was decided since the last time. */
  copy(): void {
    const end = this.#source.nextLeaseId()
    for (; this.#nextLeaseId < end; this.#nextLeaseId++) {
      const decision = this.#source.decision(this.#nextLeaseId)
      if (decision !== undefined) this.#kept.set(this.#nextLeaseId, JSON.stringify(consideredOf(decision)))
    }
    // The oldest go first: those that were never called.
    for (const leaseId of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) return
      this.#kept.delete(leaseId)
    }
  }

  /** @returns JSON of `Considered`; `null` for a decision that is not known (any more). */
  take(leaseId: number): string | null {
    const kept = this.#kept.get(leaseId)
    if (kept === undefined) return null
    this.#kept.delete(leaseId)
    return kept
  }

  get size(): number {
    return this.#kept.size
  }
}
