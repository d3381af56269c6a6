import { PRIORITIES, type Priority, type RouteRequest } from '@loadstar/core'
import type { Identity } from './identify.js'
import { estimateInputTokens } from './input-estimate.js'
import type { RoutedBody } from './routed-body.js'

/** What the router is told of a request whichever attempt it is for. */
export type RequestTraits = Omit<RouteRequest, 'candidates' | 'maxWaitMs' | 'deadlineMs'>

/**
 * Who asks, how urgently, and how much. What a priority claims beyond `highest` is lowered to it.
 *
 * Answers of one agent are alike in length; without an agent those of one task are, else those to one name.
 */
export function traitsOf(
  identity: Identity,
  { body, requestId, highest }: { body: RoutedBody; requestId: string; highest: Priority },
): RequestTraits {
  const { agent, task, priority = 'default', wantsExplanation } = identity
  return {
    requestId,
    priority: lower(priority, highest),
    ...(agent ? { tenant: agent.id } : {}),
    kind: agent?.id ?? task ?? body.model,
    inputTokens: estimateInputTokens(body.bytes),
    bytes: body.bytes.length,
    explain: wantsExplanation,
  }
}

/** The less urgent of two. */
function lower(a: Priority, b: Priority): Priority {
  return PRIORITIES.indexOf(a) > PRIORITIES.indexOf(b) ? a : b
}
