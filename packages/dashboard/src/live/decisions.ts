import { signal } from '@preact/signals'
import type { DecisionRecord } from '../api/views'
import type { DecisionsEvent } from './events'

/** Rows kept of what came by; older ones are asked of the history. */
const MOST_ROWS = 1000

/** What came by while the page was open, the latest first. */
export const liveDecisions = signal<readonly DecisionRecord[]>([])

export function takeDecisions({ decisions }: DecisionsEvent): void {
  const latest = [...decisions].sort((a, b) => endOf(b) - endOf(a))
  liveDecisions.value = [...latest, ...liveDecisions.peek()].slice(0, MOST_ROWS)
}

export function forgetDecisions(): void {
  liveDecisions.value = []
}

function endOf({ at_ms, total_ms }: DecisionRecord): number {
  return at_ms + total_ms
}
