import type { RouteRequest } from '../routing/submission.js'
import type { Luck } from './faults/fate.js'
import type { ClientFate } from './faults/faults.js'
import type { Plan } from './plan.js'
import type { Arrival } from './workload.js'

/**
 * `arrived → waiting → leased → serving → ended`; a request of a dead instance that has a lease is `lost` until the
 * router hears of it.
 */
type PassageState = 'arrived' | 'waiting' | 'leased' | 'serving' | 'lost' | 'ended'

/** One request's way through the world. Its fields are plain; only the world, its models and its faults write them. */
export class Passage {
  readonly arrival: Arrival
  readonly request: RouteRequest
  state: PassageState = 'arrived'
  /** 0 until it had one. */
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
  /** The most requests its model could be known to have room for, at any time since it was leased. */
  room = 0
  /** Absent in a world without faults. */
  luck: Luck | undefined
  fate: ClientFate | undefined
  /** Its instance is dead, and with it the client's connection. */
  isOrphan = false

  constructor(arrival: Arrival, request: RouteRequest) {
    this.arrival = arrival
    this.request = request
  }
}
