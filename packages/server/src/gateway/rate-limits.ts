import type { IncomingHttpHeaders } from 'node:http'
import type { Allowance, RateLimits } from '@loadstar/core'

/** One way of saying it: names of the three headers of an allowance, and how its reset is written. */
interface Family {
  readonly names: Readonly<Record<keyof RateLimits, (part: 'limit' | 'remaining' | 'reset') => string>>
  readonly resetMs: (text: string) => number
}

const FAMILIES: readonly Family[] = [
  {
    names: {
      requests: (part) => `x-ratelimit-${part}-requests`,
      tokens: (part) => `x-ratelimit-${part}-tokens`,
    },
    resetMs: durationMs,
  },
  {
    names: {
      requests: (part) => `anthropic-ratelimit-requests-${part}`,
      tokens: (part) => `anthropic-ratelimit-tokens-${part}`,
    },
    resetMs: (text) => Math.max(0, Date.parse(text) - Date.now()),
  },
  // IETF, draft-ietf-httpapi-ratelimit-headers up to version 6: seconds, and nothing of tokens.
  { names: { requests: (part) => `ratelimit-${part}`, tokens: () => '' }, resetMs: durationMs },
]

/** What is further away is no window but a date, or nonsense. */
const LONGEST_RESET_MS = 86_400_000

/**
 * What a model's answer says of its rate limits: OpenAI's headers and those of the many who write the same, Anthropic's,
 * the IETF's. An allowance of which a part is missing or cannot be read is left out.
 */
export function rateLimitsOf(headers: IncomingHttpHeaders): RateLimits | undefined {
  if (!tellsLimits(headers)) return undefined
  const requests = allowanceOf(headers, 'requests')
  const tokens = allowanceOf(headers, 'tokens')
  if (requests === undefined && tokens === undefined) return undefined
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(tokens === undefined ? {} : { tokens }),
  }
}

/** Most models say nothing of the kind, and every answer is asked. */
function tellsLimits(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (name.includes('ratelimit-')) return true
  return false
}

function allowanceOf(headers: IncomingHttpHeaders, kind: keyof RateLimits): Allowance | undefined {
  for (const { names, resetMs: readReset } of FAMILIES) {
    const told = (part: 'limit' | 'remaining' | 'reset'): string => String(headers[names[kind](part)] ?? '')
    const limit = count(told('limit'))
    const remaining = count(told('remaining'))
    const resetMs = readReset(told('reset'))
    if (limit > 0 && remaining >= 0 && resetMs >= 0 && resetMs <= LONGEST_RESET_MS) {
      return { limit, remaining, resetMs }
    }
  }
  return undefined
}

function count(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : NaN
}

const MS_OF_UNIT: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
}
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/
const PART = /(\d+(?:\.\d+)?)(ms|[dhms])/g

/** `6m0s`, `20ms`, `1.5s`, or seconds; `NaN` for anything else. */
function durationMs(text: string): number {
  if (/^\d{1,15}(\.\d+)?$/.test(text)) return Number(text) * 1_000
  if (!DURATION.test(text)) return NaN
  return [...text.matchAll(PART)].reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (MS_OF_UNIT[unit] ?? NaN),
    0,
  )
}
