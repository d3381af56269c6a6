import { isModelFailure, LEASE_OUTCOMES, type LeaseOutcome } from '@loadstar/core'
import { REQUEST_OUTCOMES, type RequestOutcome } from '../gateway/record.js'

/** What is counted of a subject besides the ways in which requests and calls ended. */
const AMOUNTS = [
  'inputTokens',
  'outputTokens',
  'costUsd',
  /** Of calls: what each pairing was worth before load, added up. */
  'scores',
  /** Calls after one that failed, for the same request. */
  'retries',
  /** Of those, at another model. */
  'fallbacks',
  /** Requests whose answer the response cache did not have. */
  'cacheMisses',
] as const

export type Amount = (typeof AMOUNTS)[number]

function numbered<Name extends string>(names: readonly Name[], from: number): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, i) => [name, from + i])) as Record<Name, number>
}

const FIRST_CALL = REQUEST_OUTCOMES.length
const FIRST_AMOUNT = FIRST_CALL + LEASE_OUTCOMES.length

/** Where in an array of counters each stands: requests of clients by outcome, calls of models by outcome, amounts. */
export const REQUEST_AT: Readonly<Record<RequestOutcome, number>> = numbered(REQUEST_OUTCOMES, 0)
export const CALL_AT: Readonly<Record<LeaseOutcome, number>> = numbered(LEASE_OUTCOMES, FIRST_CALL)
export const AMOUNT_AT: Readonly<Record<Amount, number>> = numbered(AMOUNTS, FIRST_AMOUNT)
export const COUNTERS = FIRST_AMOUNT + AMOUNTS.length

/** Counters of a subject, since the start or of some time. */
export type Counts = Float64Array

/** The client's own doing, or its mistake: says nothing about whether it was served well. */
const UNJUDGED: ReadonlySet<RequestOutcome> = new Set([
  'client_gone',
  'cancelled_in_queue',
  'refused_at_door',
  'left_at_door',
  'refused_by_model',
])

/** With a whole answer. */
const SERVED = ['completed', 'cached'] as const satisfies readonly RequestOutcome[]
const JUDGED_REQUESTS = REQUEST_OUTCOMES.filter((outcome) => !UNJUDGED.has(outcome))
const FAILURES = LEASE_OUTCOMES.filter(isModelFailure)

export function requestsIn(counts: Counts): number {
  return sumOf(counts, REQUEST_OUTCOMES, REQUEST_AT)
}

/** Requests of clients, by how they ended. */
export function outcomesIn(counts: Counts): Record<RequestOutcome, number> {
  return Object.fromEntries(
    REQUEST_OUTCOMES.map((outcome) => [outcome, counts[REQUEST_AT[outcome]] ?? 0]),
  ) as Record<RequestOutcome, number>
}

export function callsIn(counts: Counts): number {
  return sumOf(counts, LEASE_OUTCOMES, CALL_AT)
}

/** Calls that ended by the model's fault. */
export function failuresIn(counts: Counts): number {
  return sumOf(counts, FAILURES, CALL_AT)
}

/** How many went well of those that tell anything: a model is judged by its calls, everyone else by whole requests. */
export function successIn(counts: Counts, isModel: boolean): { succeeded: number; judged: number } {
  if (isModel) {
    const succeeded = counts[CALL_AT.completed] ?? 0
    return { succeeded, judged: succeeded + failuresIn(counts) }
  }
  return { succeeded: sumOf(counts, SERVED, REQUEST_AT), judged: sumOf(counts, JUDGED_REQUESTS, REQUEST_AT) }
}

export function amountIn(counts: Counts, amount: Amount): number {
  return counts[AMOUNT_AT[amount]] ?? 0
}

function sumOf<Name extends string>(
  counts: Counts,
  names: readonly Name[],
  at: Readonly<Record<Name, number>>,
): number {
  let sum = 0
  for (const name of names) sum += counts[at[name]] ?? 0
  return sum
}
