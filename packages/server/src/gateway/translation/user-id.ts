import { createHash } from 'node:crypto'

/** What OpenAI takes in length and Anthropic in characters. */
const CARRIED = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * The name of an end user in a form that both APIs take. It only has to tell users apart, so that one which is too long
 * (agents send whole JSON objects) or has other characters (Anthropic refuses mail addresses) becomes its SHA-256.
 */
export function carriedUserId(id: string): string {
  return CARRIED.test(id) ? id : createHash('sha256').update(id).digest('hex')
}
