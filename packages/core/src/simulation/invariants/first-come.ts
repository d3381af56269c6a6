import { rankOf } from '../../routing/priority.js'
import type { ModelLoad } from '../../load/load.js'
import type { RouteRequest } from '../../routing/submission.js'
import { BrokenInvariant } from './broken-invariant.js'
import type { Mirror, MirrorTicket } from './mirror.js'
import type { Promises } from './promises.js'
import { slotsWithinTarget } from './slots.js'

/**
 * I5, I6 of every policy that never holds a slot back: none that is within target and open to all is free while somebody
 * waits who accepts it. Where floors are kept for priorities, slots are not open to all.
 */
export function checkNoneIdle(mirror: Mirror, loads: readonly ModelLoad[], { queue }: Promises): void {
  if (queue.floors !== undefined || mirror.tickets.size === 0) return
  for (const load of loads) {
    const model = mirror.there(load.modelId)
    if (model === undefined || !isOpen(load)) continue
    const free = Math.min(load.usableSlots, slotsWithinTarget(model)) - model.leases - model.external
    if (free <= 0) continue
    for (const { ticket, request } of mirror.tickets.values()) {
      if (!accepts(request, load.modelId)) continue
      const what = `${load.modelId} has ${free} slots free, and ticket ${ticket.id} waits for it`
      throw new BrokenInvariant('I5', mirror.clockMs, what)
    }
  }
}

/**
 * I6 of every policy that never holds a slot back: a slot within target, open to all, goes to the line whose first
 * comes first, priority and age counted. `served` has left the mirror's tickets, and its model counts it.
 */
export function checkTurn(
  mirror: Mirror,
  served: MirrorTicket,
  load: ModelLoad | undefined,
  { queue }: Promises,
): void {
  const model = load && mirror.there(load.modelId)
  if (load === undefined || model === undefined || queue.floors !== undefined || !isOpen(load)) return
  if (model.leases + model.external > slotsWithinTarget(model)) return
  const line = mirror.lineOf(served.request)
  const rank = rankOfRequest(served.request)
  const rivals = [...mirror.tickets.values()].filter(({ request }) => accepts(request, load.modelId))
  const earliest = (among: (waiting: MirrorTicket) => boolean) =>
    Math.min(...[served, ...rivals.filter(among)].map((waiting) => orderMs(waiting, queue.ageingMs)))
  const lineMs = earliest(({ request }) => mirror.lineOf(request) === line)
  const rankMs = earliest(({ request }) => rankOfRequest(request) === rank)
  for (const waiting of rivals) {
    if (isShared(mirror, waiting, served)) continue
    const turnMs = rankOfRequest(waiting.request) === rank ? lineMs : rankMs
    if (orderMs(waiting, queue.ageingMs) >= turnMs) continue
    const what = `ticket ${served.ticket.id} was served by ${load.modelId} before ${waiting.ticket.id}, whose turn it was`
    throw new BrokenInvariant('I6', mirror.clockMs, what)
  }
}

/** Whether both are of one priority and several tenants wait there: one that has had more than its share is then passed. */
function isShared(mirror: Mirror, { request }: MirrorTicket, served: MirrorTicket): boolean {
  if (rankOfRequest(served.request) !== rankOfRequest(request)) return false
  return [served, ...mirror.tickets.values()].some(
    (other) =>
      rankOfRequest(other.request) === rankOfRequest(request) && other.request.tenant !== request.tenant,
  )
}

function orderMs({ ticket, request }: MirrorTicket, ageingMs: number): number {
  return ticket.enqueuedMs + rankOfRequest(request) * ageingMs
}

function rankOfRequest({ priority = 'default' }: RouteRequest): number {
  return rankOf(priority)
}

/** Whether nothing but its slots keeps requests from it. */
function isOpen({ breaker, closedUntilMs }: ModelLoad): boolean {
  return breaker === 'closed' && closedUntilMs === null
}

function accepts({ candidates }: RouteRequest, modelId: string): boolean {
  return candidates.some((candidate) => candidate.modelId === modelId)
}
