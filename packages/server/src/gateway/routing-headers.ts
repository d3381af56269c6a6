import { PRIORITIES, type Priority } from '@loadstar/core'
import { badRequest, type Refusal } from './refusal.js'

const MOST_REQUIRED = 32

/** `x-loadstar-require`: capabilities, comma-separated; sorted, each once. */
export function readCapabilities(header: string | undefined): { names: readonly string[] } | Refusal {
  if (!header) return { names: [] }
  const names = [...new Set(header.split(',').map((name) => name.trim()))]
    .filter((name) => name !== '')
    .sort()
  if (names.length > MOST_REQUIRED) {
    return badRequest(
      `x-loadstar-require must name at most ${MOST_REQUIRED} capabilities, got ${names.length}`,
      'x-loadstar-require',
    )
  }
  return { names }
}

/** `x-loadstar-deadline-ms`: milliseconds within which the whole answer is wanted. */
export function readDeadline(header: string | undefined): number | undefined | Refusal {
  if (header === undefined) return undefined
  if (/^\d{1,12}$/.test(header) && Number(header) >= 1) return Number(header)
  return badRequest(
    `x-loadstar-deadline-ms must be a whole number of milliseconds ≥ 1, got "${header.slice(0, 40)}"`,
    'x-loadstar-deadline-ms',
  )
}

/** `x-loadstar-priority`: how urgent the client says the request is. */
export function readPriority(header: string | undefined): Priority | undefined | Refusal {
  if (header === undefined) return undefined
  return (
    PRIORITIES.find((known) => known === header) ??
    badRequest(
      `x-loadstar-priority must be one of ${PRIORITIES.join(', ')}, got "${header.slice(0, 40)}"`,
      'x-loadstar-priority',
    )
  )
}
