import { ownerOf, type Allowance, type Breach, type Standing } from './charge.js'
import type { RawHeaders } from './raw-headers.js'
import type { Refusal, Voice } from './refusal.js'

/** How a client's budgets stand, as clients of each API know it. @param nowMs - Unix milliseconds. */
export function budgetHeaders({ requests, tokens }: Standing, voice: Voice, nowMs: number): RawHeaders {
  const tell = voice === 'anthropic' ? anthropic : openai
  return [
    ...(requests ? tell('requests', requests, nowMs) : []),
    ...(tokens ? tell('tokens', tokens, nowMs) : []),
  ]
}

function openai(what: string, { limit, remaining, resetMs }: Allowance): RawHeaders {
  return [
    `x-ratelimit-limit-${what}`,
    String(limit),
    `x-ratelimit-remaining-${what}`,
    String(Math.floor(remaining)),
    `x-ratelimit-reset-${what}`,
    durationOf(resetMs),
  ]
}

function anthropic(what: string, { limit, remaining, resetMs }: Allowance, nowMs: number): RawHeaders {
  return [
    `anthropic-ratelimit-${what}-limit`,
    String(limit),
    `anthropic-ratelimit-${what}-remaining`,
    String(Math.floor(remaining)),
    `anthropic-ratelimit-${what}-reset`,
    new Date(nowMs + resetMs).toISOString(),
  ]
}

/** As OpenAI writes durations: `120ms`, `1.5s`, `6m0s`, `23h59m30s`. */
function durationOf(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  if (ms < 60_000) return `${Math.ceil(ms / 10) / 100}s`
  const seconds = Math.ceil(ms / 1_000)
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return `${hours > 0 ? `${hours}h` : ''}${minutes}m${seconds % 60}s`
}

/** A client that waits longer than this holds its caller up for nothing. */
const LONGEST_WAIT_MS = 60_000

const NAME_OF_MEASURE = { requests: 'requests', tokens: 'tokens', cost_usd: 'US dollars' } as const

/** What a client is told whose budget is spent: when there is enough again, or that there never will be. */
export function overBudget({ payer, window, measure, limit, needed, retryAfterMs }: Breach): Refusal {
  const { kind, id } = ownerOf(payer)
  const name = NAME_OF_MEASURE[measure]
  const budget = `the budget of ${kind} "${id}" is ${limit} ${name} a ${window}`
  const message =
    retryAfterMs === null
      ? `${budget}, and this request may need ${rounded(needed)}; ask for a shorter answer`
      : `${budget} and is spent; there is enough for this request in ${durationOf(retryAfterMs)}`
  return {
    status: 429,
    type: 'rate_limit_error',
    code: window === 'minute' ? 'rate_limit_exceeded' : 'insufficient_quota',
    message,
    param: null,
    reason: 'budget_exceeded',
    retryAfterMs,
    isRetryUseless: retryAfterMs === null || retryAfterMs > LONGEST_WAIT_MS,
  }
}

function rounded(amount: number): number {
  return Number(amount.toPrecision(3))
}
