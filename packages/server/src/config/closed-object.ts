import { z } from 'zod'
import { nearestKey } from './nearest-key.js'

/**
 * An object schema that refuses unknown keys and suggests the nearest known one.
 *
 * The issue's message has one line for each unknown key, in the order of the issue's `keys`; `describeIssues`
 * makes one problem of each.
 */
export function closedObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined
      return issue.keys.map((key) => unknownKey(key, known)).join('\n')
    },
  })
}

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestKey(key, known)
  const hint = nearest === undefined ? `known here: ${known.join(', ')}` : `did you mean ${nearest}?`
  return `is not a known key; ${hint}`
}
