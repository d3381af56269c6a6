import { computed, effect, signal } from '@preact/signals'
import { get } from '../api/request'
import type { DecisionRecord } from '../api/views'
import { resets } from '../live/connect'
import { liveDecisions } from '../live/decisions'
import type { Loadable } from '../live/loadable'
import { filters, historyQuery, isWanted, matches } from './filters'

interface Page {
  readonly decisions: readonly DecisionRecord[]
  readonly next_cursor: string | null
}

const PAGE_SIZE = 100

/** What the history told, page by page, for the filters as they are. */
const recorded = signal<Loadable<Page>>({ kind: 'loading' })
const isReadingOn = signal(false)
/** Live rows as they were when the list was stopped; `null` while it runs. */
const stoppedAt = signal<readonly DecisionRecord[] | null>(null)
let asked = 0

export const isPaused = signal(false)
/** Whether the list is scrolled away from its beginning: what comes then would push away what is read. */
export const isScrolled = signal(false)
export const searched = signal('')

export const rows = computed<Loadable<readonly DecisionRecord[]>>(() => {
  const past = recorded.value
  if (past.kind !== 'ready') return past
  const live = (stoppedAt.value ?? liveDecisions.value).filter((row) => isWanted(row, filters.value))
  const told = new Set(live.map(keyOf))
  const all = [...live, ...past.value.decisions.filter((row) => !told.has(keyOf(row)))]
  const text = searched.value.trim().toLowerCase()
  return { kind: 'ready', value: text === '' ? all : all.filter((row) => matches(row, text)) }
})

/** Rows that came while the list was stopped. */
export const missed = computed(() => {
  const stopped = stoppedAt.value
  if (stopped === null) return 0
  const latest = stopped[0] === undefined ? '' : keyOf(stopped[0])
  const fresh = liveDecisions.value
  const known = fresh.findIndex((row) => keyOf(row) === latest)
  const unseen = known === -1 ? fresh : fresh.slice(0, known)
  return unseen.filter((row) => isWanted(row, filters.value)).length
})

/** Keeps the rows right while the page is shown. */
export function followRows(): () => void {
  const stopLoading = effect(() => {
    void resets.value
    void filters.value
    void loadRows()
  })
  const stopStopping = effect(() => {
    const isStopped = isPaused.value || isScrolled.value
    if (isStopped && stoppedAt.peek() === null) stoppedAt.value = liveDecisions.peek()
    if (!isStopped) stoppedAt.value = null
  })
  return () => {
    stopLoading()
    stopStopping()
    isScrolled.value = false
  }
}

export async function loadRows(): Promise<void> {
  const mine = ++asked
  recorded.value = { kind: 'loading' }
  try {
    const value = await get<Page>('/decisions', { ...historyQuery(filters.peek()), page_size: PAGE_SIZE })
    if (mine === asked) recorded.value = { kind: 'ready', value }
  } catch (error) {
    if (mine === asked) recorded.value = { kind: 'failed', error }
  }
}

/** Reads the next page of the history, where there is one. */
export async function readOn(): Promise<void> {
  const past = recorded.peek()
  if (past.kind !== 'ready' || past.value.next_cursor === null || isReadingOn.peek()) return
  const mine = asked
  isReadingOn.value = true
  try {
    const query = { ...historyQuery(filters.peek()), page_size: PAGE_SIZE, cursor: past.value.next_cursor }
    const { decisions, next_cursor } = await get<Page>('/decisions', query)
    const value = { decisions: [...past.value.decisions, ...decisions], next_cursor }
    if (mine === asked) recorded.value = { kind: 'ready', value }
  } catch (error) {
    if (mine === asked) recorded.value = { kind: 'failed', error }
  } finally {
    isReadingOn.value = false
  }
}

/** Clients may repeat the id of a request. */
export function keyOf({ request_id, at_ms }: DecisionRecord): string {
  return `${request_id} ${at_ms}`
}
