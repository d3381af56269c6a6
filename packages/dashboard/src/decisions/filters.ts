import { computed } from '@preact/signals'
import { query, setQuery } from '../app/route'
import type { DecisionRecord } from '../api/views'

/** By which requests are chosen; empty for any. They stand in the address, so that a view can be shared. */
export interface Filters {
  readonly agent: string
  readonly model: string
  readonly outcome: string
  /** Least wait in the queue, milliseconds. */
  readonly wait: string
  /** Least time in all, milliseconds. */
  readonly took: string
  readonly request: string
}

const NAMES = ['agent', 'model', 'outcome', 'wait', 'took', 'request'] as const

export const filters = computed<Filters>(() => {
  const given = Object.fromEntries(NAMES.map((name) => [name, query.value.get(name) ?? '']))
  return given as unknown as Filters
})

export const hasFilters = computed(() => NAMES.some((name) => filters.value[name] !== ''))

export function setFilter(name: keyof Filters, value: string): void {
  setQuery({ [name]: value })
}

export function clearFilters(): void {
  setQuery(Object.fromEntries(NAMES.map((name) => [name, ''])))
}

/** As the history understands them. */
export function historyQuery({ agent, model, outcome, wait, took, request }: Filters) {
  return {
    agent_id: agent,
    model_id: model,
    outcome,
    min_queue_ms: wait,
    min_total_ms: took,
    request_id: request,
  }
}

/** The same choice among what comes by. */
export function isWanted(
  row: DecisionRecord,
  { agent, model, outcome, wait, took, request }: Filters,
): boolean {
  if (agent !== '' && row.agent_id !== agent) return false
  if (model !== '' && row.model_id !== model) return false
  if (outcome !== '' && row.outcome !== outcome) return false
  if (request !== '' && row.request_id !== request) return false
  return row.queue_ms >= Number(wait) && row.total_ms >= Number(took)
}

/** A search in what is loaded, over every name a row shows. */
export function matches(row: DecisionRecord, text: string): boolean {
  const { request_id, decision_id, agent_id, model_id, task, asked_model, outcome } = row
  return [request_id, decision_id, agent_id, model_id, task, asked_model, outcome].some((name) =>
    name?.toLowerCase().includes(text),
  )
}
