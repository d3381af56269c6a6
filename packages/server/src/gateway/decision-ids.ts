import { randomBytes } from 'node:crypto'

/** The decision that gave a lease, by a name that is unique beyond this process: `x-loadstar-decision-id`. */
export class DecisionIds {
  readonly #prefix = `${randomBytes(4).toString('hex')}-`

  of(leaseId: number): string {
    return this.#prefix + leaseId.toString(36)
  }

  /** The lease behind an id of this process; `undefined` for any other text. */
  leaseOf(decisionId: string): number | undefined {
    const leaseId = parseInt(decisionId.slice(this.#prefix.length), 36)
    return Number.isSafeInteger(leaseId) && this.of(leaseId) === decisionId ? leaseId : undefined
  }
}
