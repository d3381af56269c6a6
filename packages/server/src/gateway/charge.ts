import type { BudgetConfig } from '../config/config.js'

/** What a request may cost those who have a budget, as far as its gateway knows when it comes. */
export interface Charge {
  /** Names the reservation; unique. */
  readonly id: string
  /** See `payerOfKey` and `payerOfAgent`; not empty. */
  readonly payers: readonly string[]
  /** Estimated. */
  readonly inputTokens: number
  /** The longest answer it allows; `undefined` where it does not say. */
  readonly maxOutputTokens: number | undefined
}

export type Window = BudgetConfig['limits'][number]['window']
export type Measure = keyof BudgetConfig['limits'][number]['limits']

/** How one limit stands. */
export interface Allowance {
  readonly limit: number
  /** ≥ 0, what is reserved counted as spent. */
  readonly remaining: number
  /** Milliseconds until it is whole again. */
  readonly resetMs: number
}

/** Of all limits that a request is under, those nearest to their end. */
export interface Standing {
  readonly requests?: Allowance
  readonly tokens?: Allowance
}

/** The limit that a request would break. */
export interface Breach {
  readonly payer: string
  readonly window: Window
  readonly measure: Measure
  readonly limit: number
  /** What the request was taken to need of it. */
  readonly needed: number
  /** Milliseconds until there is enough; `null` where it needs more than the whole. */
  readonly retryAfterMs: number | null
  readonly standing: Standing
}

/** Whose budget it is. */
export function ownerOf(payer: string): { readonly kind: string; readonly id: string } {
  const colon = payer.indexOf(':')
  return { kind: payer.slice(0, colon), id: payer.slice(colon + 1) }
}

export function payerOfKey(id: string): string {
  return `key:${id}`
}

export function payerOfAgent(id: string): string {
  return `agent:${id}`
}
