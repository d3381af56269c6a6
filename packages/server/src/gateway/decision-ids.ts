import { randomBytes } from 'node:crypto'

/** The decision that gave a lease, by a name that is unique beyond one router: `x-loadstar-decision-id`. */
export class DecisionIds {
  /** What all its ids begin with. */
  readonly prefix: string

  /** @param prefix - that of the process whose leases they are; a new one when left out. */
  constructor(prefix = `${randomBytes(4).toString('hex')}-`) {
    this.prefix = prefix
  }

  of(leaseId: number): string {
    return this.prefix + leaseId.toString(36)
  }

  /** The lease behind an id of this router; `undefined` for any other text. */
  leaseOf(decisionId: string): number | undefined {
    const leaseId = parseInt(decisionId.slice(this.prefix.length), 36)
    return Number.isSafeInteger(leaseId) && this.of(leaseId) === decisionId ? leaseId : undefined
  }
}
