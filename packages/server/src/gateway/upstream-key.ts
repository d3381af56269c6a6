import type { ModelEntry } from '../registry/entry.js'

type Keyed = Pick<ModelEntry, 'apiKey' | 'apiKeyEnv'>

/** The bearer token a model is called with; `undefined` calls it without. */
export type KeyOf = (model: Keyed) => string | undefined

/**
 * Reads keys that models name: only variables of the list are ever read, also for models stored while it was longer.
 */
export function keysFrom(env: NodeJS.ProcessEnv, listed: readonly string[]): KeyOf {
  return ({ apiKey, apiKeyEnv }) => {
    if (apiKey !== undefined || apiKeyEnv === undefined) return apiKey
    return listed.includes(apiKeyEnv) ? env[apiKeyEnv] : undefined
  }
}
