import { counter, gauge, single, type Family } from '../family.js'

/** What is counted of recorded requests. */
interface HistoryCounts {
  readonly stored: number
  readonly dropped: number
  readonly waiting: number
}

export function historyFamilies({ stored, dropped, waiting }: HistoryCounts): readonly Family[] {
  return [
    counter('loadstar_history_stored_total', 'Requests that were recorded.', single(stored)),
    counter(
      'loadstar_history_dropped_total',
      'Requests that were not recorded because history.buffer_rows others waited to be.',
      single(dropped),
    ),
    gauge('loadstar_history_waiting', 'Requests that wait to be recorded.', single(waiting)),
  ]
}
