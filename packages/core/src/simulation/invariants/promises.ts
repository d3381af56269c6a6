import {
  type PolicyName,
  type QueueRules,
  resolveOptions,
  type RouterOptions,
} from '../../routing/options.js'

/** What a router's options make it promise. */
export interface Promises {
  readonly policy: PolicyName
  readonly queue: QueueRules
  readonly maxWaitMs: number
  readonly staleAfterMs: number
}

/** @throws {LoadstarError} `OPTION_INVALID` as the router does. */
export function promisesOf(options: RouterOptions): Promises {
  const { policy, queue, maxWaitMs, staleAfterMs } = resolveOptions(options)
  return { policy, queue, maxWaitMs, staleAfterMs }
}
