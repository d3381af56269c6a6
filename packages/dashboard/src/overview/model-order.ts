import { effect, signal } from '@preact/signals'
import type { LiveModel } from '../live/events'
import { modelIds, modelState, tick } from '../live/fleet'
import { modelNames } from '../live/catalog'

export type Column = 'name' | 'load' | 'queued' | 'requests' | 'tokens' | 'p50' | 'p95' | 'p99' | 'success'

/** Rows that jump about cannot be read: they are put in order anew this often at most. */
const REORDER_MS = 2000

const VALUES: Readonly<Record<Exclude<Column, 'name'>, (model: LiveModel) => number | null>> = {
  load: ({ utilization }) => utilization,
  queued: ({ queued }) => queued,
  requests: ({ requests_per_second }) => requests_per_second,
  tokens: ({ tokens_per_second }) => tokens_per_second,
  p50: ({ p50_ms }) => p50_ms,
  p95: ({ p95_ms }) => p95_ms,
  p99: ({ p99_ms }) => p99_ms,
  success: ({ success_rate }) => success_rate,
}

/** One for all comparisons: making it is what costs. */
const BY_NAME = new Intl.Collator('en', { numeric: true })

export const sorting = signal<{ readonly column: Column; readonly isDescending: boolean }>({
  column: 'name',
  isDescending: false,
})
export const wanted = signal('')
/** Ids in the order of the rows, those that were searched for. */
export const orderedIds = signal<readonly string[]>([])

export function sortBy(column: Column): void {
  const { column: current, isDescending } = sorting.value
  sorting.value = { column, isDescending: column === current ? !isDescending : column !== 'name' }
}

/** Keeps the order while the table is shown. */
export function keepOrder(): () => void {
  let orderedMs = 0
  const stopSorting = effect(() => {
    orderedIds.value = inOrder(modelIds.value, wanted.value.trim().toLowerCase(), modelNames.value)
    orderedMs = performance.now()
  })
  const stopTicking = effect(() => {
    void tick.value
    if (sorting.peek().column === 'name' || performance.now() - orderedMs < REORDER_MS) return
    orderedIds.value = inOrder(modelIds.peek(), wanted.peek().trim().toLowerCase(), modelNames.peek())
    orderedMs = performance.now()
  })
  return () => {
    stopSorting()
    stopTicking()
  }
}

function inOrder(
  ids: readonly string[],
  text: string,
  names: ReadonlyMap<string, string>,
): readonly string[] {
  const { column, isDescending } = sorting.value
  const sign = isDescending ? -1 : 1
  const found =
    text === ''
      ? ids
      : ids.filter((id) => id.toLowerCase().includes(text) || names.get(id)?.toLowerCase().includes(text))
  if (column === 'name') return [...found].sort((a, b) => sign * BY_NAME.compare(a, b))
  const value = (id: string) => {
    const model = modelState(id)?.now.peek()
    return model === undefined ? null : VALUES[column](model)
  }
  // What is not known stands last, whichever way.
  return found
    .map((id) => ({ id, value: value(id) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null)
      return sign * (a.value - b.value) || a.id.localeCompare(b.id)
    })
    .map(({ id }) => id)
}
