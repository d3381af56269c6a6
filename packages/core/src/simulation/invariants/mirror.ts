import type { Capacity } from '../../catalog/model.js'
import type { LoadReport } from '../../load/load.js'
import type { Outcome } from '../../routing/outcome.js'
import { rankOf } from '../../routing/priority.js'
import type { Lease, RouteRequest, Ticket } from '../../routing/submission.js'
import { noOutcomes } from '../../routing/tally.js'

export interface MirrorModel extends Capacity {
  readonly id: string
  readonly isThere: boolean
  readonly leases: number
  /** Of those, how many of each priority, by rank. */
  readonly leasesOf: readonly number[]
  /** Requests of others by its last report. */
  readonly external: number
  readonly reportedMs: number | undefined
}

export interface MirrorTicket {
  readonly ticket: Ticket
  readonly request: RouteRequest
}

interface MirrorLease {
  readonly lease: Lease
  readonly request: RouteRequest
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] }

/**
 * What must be so of a router by what it was told and has answered: every count kept by itself, the slow and obvious
 * way, to hold the router against.
 */
export class Mirror {
  readonly #isByScore: boolean
  readonly models = new Map<string, Writable<MirrorModel>>()
  /** In order of arrival. */
  readonly tickets = new Map<number, MirrorTicket>()
  readonly leases = new Map<number, MirrorLease>()
  readonly outcomes = noOutcomes()
  clockMs = 0
  submitted = 0
  duplicateSettles = 0
  isClosed = false

  /** @param isByScore - whether lines are told apart by score. */
  constructor(isByScore: boolean) {
    this.#isByScore = isByScore
  }

  tell(nowMs: number): void {
    this.clockMs = Math.max(this.clockMs, nowMs)
  }

  setModel({ id, maxConcurrent, maxQueue, targetUtilization }: Capacity & { readonly id: string }): void {
    const known = this.models.get(id) ?? {
      leases: 0,
      leasesOf: [0, 0, 0, 0],
      external: 0,
      reportedMs: undefined,
    }
    this.models.set(id, { ...known, id, maxConcurrent, maxQueue, targetUtilization, isThere: true })
  }

  removeModel(id: string): void {
    const model = this.models.get(id)
    if (model === undefined) return
    model.isThere = false
    model.maxConcurrent = 0
    this.#forgetDrained(model)
  }

  report(id: string, { activeRequests }: LoadReport): void {
    const model = this.there(id)
    if (model === undefined) return
    model.external = Math.max(0, activeRequests - model.leases)
    model.reportedMs = this.clockMs
  }

  there(id: string): Writable<MirrorModel> | undefined {
    const model = this.models.get(id)
    return model?.isThere === true ? model : undefined
  }

  /** Requests alike in it stand in one line: same models of those there are, same priority, and for `bid` same scores. */
  lineOf({ candidates, priority = 'default' }: RouteRequest): string {
    const there = candidates.filter(({ modelId }) => this.there(modelId) !== undefined)
    const keys = there.map(({ modelId, score }) => (this.#isByScore ? `${modelId} ${score}` : modelId))
    return `${priority} ${(this.#isByScore ? keys : keys.sort()).join()}`
  }

  /** Requests of its tenant and priority that wait. */
  waitingOf({ tenant, priority = 'default' }: RouteRequest): number {
    const alike = [...this.tickets.values()].filter(
      ({ request }) => request.tenant === tenant && (request.priority ?? 'default') === priority,
    )
    return alike.length
  }

  /** Whether any of the models there are can ever serve it. */
  canBeServed({ candidates }: RouteRequest): boolean {
    return candidates.some(({ modelId }) => (this.there(modelId)?.maxConcurrent ?? 0) > 0)
  }

  give(lease: Lease, request: RouteRequest): void {
    this.leases.set(lease.id, { lease, request })
    this.#count(lease, request, 1)
  }

  end({ lease, request }: MirrorLease, outcome: Outcome): void {
    this.leases.delete(lease.id)
    this.outcomes[outcome]++
    this.#count(lease, request, -1)
    const model = this.models.get(lease.modelId)
    if (model !== undefined) this.#forgetDrained(model)
  }

  #count({ modelId }: Lease, request: RouteRequest, change: number): void {
    const model = this.models.get(modelId)
    if (model === undefined) return
    const own = rankOf(request.priority ?? 'default')
    model.leases += change
    model.leasesOf = model.leasesOf.map((count, rank) => (rank === own ? count + change : count))
  }

  /** A model that comes back after it was removed and had drained starts with a clean record. */
  #forgetDrained(model: MirrorModel): void {
    if (!model.isThere && model.leases === 0) this.models.delete(model.id)
  }
}
