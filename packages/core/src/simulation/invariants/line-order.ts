import type { RouteRequest } from '../../routing/submission.js'
import { BrokenInvariant } from './broken-invariant.js'
import type { Mirror, MirrorTicket } from './mirror.js'

/** I5: nobody of the same line and tenant came before one who is served and has left the mirror's tickets. */
export function checkOrder(mirror: Mirror, served: MirrorTicket): void {
  const line = mirror.lineOf(served.request)
  for (const waiting of mirror.tickets.values()) {
    // Tickets are in order of arrival: from here on all came later.
    if (waiting.ticket.id > served.ticket.id) return
    if (waiting.request.tenant !== served.request.tenant || mirror.lineOf(waiting.request) !== line) continue
    const what = `ticket ${served.ticket.id} was served before ${waiting.ticket.id}, of the same line`
    throw new BrokenInvariant('I5', mirror.clockMs, what)
  }
}

/** I5: a newcomer is admitted at once only while nobody of its line waits, of whatever tenant. */
export function checkNewcomer(mirror: Mirror, request: RouteRequest): void {
  const line = mirror.lineOf(request)
  for (const waiting of mirror.tickets.values()) {
    if (mirror.lineOf(waiting.request) !== line) continue
    const what = `request ${request.requestId} was admitted past ticket ${waiting.ticket.id} of its line`
    throw new BrokenInvariant('I5', mirror.clockMs, what)
  }
}
