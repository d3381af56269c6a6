import type { RouteRequest } from '../routing/submission.js'
import type { Plan } from './plan.js'
import type { Arrival } from './workload.js'

type PassageState = 'arrived' | 'waiting' | 'leased' | 'serving' | 'ended'

/** One request's way through the world. Its fields are plain; only the world and its models write them. */
export class Passage {
  readonly arrival: Arrival
  readonly request: RouteRequest
  state: PassageState = 'arrived'
  ticketId = 0
  leaseId = 0
  /** Virtual times; `NaN` until then. */
  leasedMs = NaN
  firstTokenMs = NaN
  /** Index in the scenario of the model it was given; -1 before. */
  modelIndex = -1
  plan: Plan | undefined
  /** Work done at the model, see `ModelTruth`, at which its first token or its end is due, and at its end. */
  dueWork = 0
  endWork = 0
  hasFirstToken = false

  constructor(arrival: Arrival, request: RouteRequest) {
    this.arrival = arrival
    this.request = request
  }
}
