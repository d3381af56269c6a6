import type { NaiveCounts } from './naive-counts.js'
import type { NaiveFleet } from './naive-fleet.js'
import type { NaiveRequest, NaiveTicket } from './naive-records.js'

/** Those who wait for the same models at the same priority. */
export interface NaiveLine {
  readonly oldest: NaiveTicket
  /** Who is served next. */
  readonly head: NaiveTicket
  readonly isUrgent: boolean
  /** Whether its tenant has been served so much that others of the priority come before it. */
  readonly isPassed: boolean
}

/** Equal for those who stand, or would stand, in the same line. Histories never have the 32 kinds beyond which lines are shared. */
export function lineKey(fleet: NaiveFleet, asked: NaiveRequest): string {
  const pairs = fleet.known(asked)
  if (fleet.options.policy === 'bid') {
    return [asked.priority, ...pairs.map(({ model, score }) => `${model.id}=${score}`)].join()
  }
  return [asked.priority, ...pairs.map(({ model }) => model.id).sort()].join()
}

/** Those who stand where the request stands, or would stand, in order of arrival. */
export function alike(fleet: NaiveFleet, asked: NaiveRequest): NaiveTicket[] {
  const key = lineKey(fleet, asked)
  return fleet.tickets.filter((ticket) => lineKey(fleet, ticket.asked) === key)
}

/** The line of the request; `undefined` where nobody waits like it. */
export function lineOf(fleet: NaiveFleet, counts: NaiveCounts, asked: NaiveRequest): NaiveLine | undefined {
  return lineWith(fleet, counts, alike(fleet, asked))
}

/** All of them, the first to be served first. */
export function linesInOrder(fleet: NaiveFleet, counts: NaiveCounts): NaiveLine[] {
  const byKey = new Map<string, NaiveTicket[]>()
  for (const ticket of fleet.tickets) {
    const key = lineKey(fleet, ticket.asked)
    byKey.set(key, [...(byKey.get(key) ?? []), ticket])
  }
  const lines = [...byKey.values()].flatMap((members) => lineWith(fleet, counts, members) ?? [])
  const order = ({ oldest: { enqueuedMs, asked } }: NaiveLine) =>
    enqueuedMs + asked.rank * fleet.options.queue.ageingMs
  return lines.sort((a, b) => order(a) - order(b) || a.oldest.id - b.oldest.id)
}

function lineWith(
  fleet: NaiveFleet,
  counts: NaiveCounts,
  members: readonly NaiveTicket[],
): NaiveLine | undefined {
  const count = ({ asked }: NaiveTicket) => counts.of(asked)?.tokens ?? 0
  const oldest = members[0]
  // The earlier ticket of equals, for the sort is stable.
  const head = [...members].sort((a, b) => count(a) - count(b))[0]
  if (oldest === undefined || head === undefined) return undefined
  const isPassed = counts.isAhead(head.asked, fleet.tickets)
  return { oldest, head, isUrgent: members.some(({ isUrgent }) => isUrgent), isPassed }
}
