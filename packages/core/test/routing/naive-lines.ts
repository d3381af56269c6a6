import type { NaiveCounts } from './naive-counts.js'
import type { NaiveFleet } from './naive-fleet.js'
import type { NaiveRequest, NaiveTicket } from './naive-records.js'

/** Those who wait for the same models at the same priority. */
export interface NaiveLine {
  readonly oldest: NaiveTicket
  /** Who is served next. */
  readonly head: NaiveTicket
  readonly isUrgent: boolean
}

/** Equal for those who stand, or would stand, in the same line. */
export function lineKey(fleet: NaiveFleet, asked: NaiveRequest): string {
  const ids = fleet.known(asked).map(({ model }) => model.id)
  return [asked.priority, ...ids.sort()].join()
}

/** Those who stand where the request stands, or would stand, in order of arrival. */
export function alike(fleet: NaiveFleet, asked: NaiveRequest): NaiveTicket[] {
  const key = lineKey(fleet, asked)
  return fleet.tickets.filter((ticket) => lineKey(fleet, ticket.asked) === key)
}

/** The line of the request; `undefined` where nobody waits like it. */
export function lineOf(fleet: NaiveFleet, counts: NaiveCounts, asked: NaiveRequest): NaiveLine | undefined {
  return lineWith(counts, alike(fleet, asked))
}

/** All of them, the first to be served first. */
export function linesInOrder(fleet: NaiveFleet, counts: NaiveCounts): NaiveLine[] {
  const byKey = new Map<string, NaiveTicket[]>()
  for (const ticket of fleet.tickets) {
    const key = lineKey(fleet, ticket.asked)
    byKey.set(key, [...(byKey.get(key) ?? []), ticket])
  }
  const lines = [...byKey.values()].flatMap((members) => lineWith(counts, members) ?? [])
  const order = ({ oldest: { enqueuedMs, asked } }: NaiveLine) =>
    enqueuedMs + asked.rank * fleet.options.queue.ageingMs
  return lines.sort((a, b) => order(a) - order(b) || a.oldest.id - b.oldest.id)
}

function lineWith(counts: NaiveCounts, members: readonly NaiveTicket[]): NaiveLine | undefined {
  const count = ({ asked }: NaiveTicket) => counts.of(asked)?.tokens ?? 0
  const oldest = members[0]
  // The earlier ticket of equals, for the sort is stable.
  const head = [...members].sort((a, b) => count(a) - count(b))[0]
  if (oldest === undefined || head === undefined) return undefined
  return { oldest, head, isUrgent: members.some(({ isUrgent }) => isUrgent) }
}
