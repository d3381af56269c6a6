import type { Measure } from '../gateway/charge.js'

/** What budgets count, by place in `Amounts`. */
export const MEASURES: readonly Measure[] = ['requests', 'tokens', 'cost_usd']

/** So many requests, tokens and US dollars. */
export type Amounts = readonly [requests: number, tokens: number, costUsd: number]
