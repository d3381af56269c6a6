import { randomUUID } from 'node:crypto'
import { PRIORITIES, type Candidate, type Priority, type RouteRequest } from '@loadstar/core'
import type { Caller } from './caller.js'
import type { Charge } from './charge.js'
import type { Identity } from './identify.js'
import { estimateInputTokens } from './input-estimate.js'
import type { Payers } from './payers.js'
import { fieldOf, type RoutedBody } from './routed-body.js'

interface Asked {
  readonly caller: Caller | undefined
  readonly identity: Identity
  readonly body: RoutedBody
  readonly requestId: string
}

/** To be completed with how long it may wait, before it is handed in. */
type Draft = { -readonly [Field in keyof RouteRequest]: RouteRequest[Field] }

/**
 * What the router is told of a request: who asks, how urgently, and how much. What a priority claims beyond `highest` is
 * lowered to it.
 *
 * Answers of one agent are alike in length; without an agent those of one task are, else those to one name.
 */
export function routeRequestOf(
  { identity, caller, body, requestId }: Asked,
  candidates: readonly Candidate[],
  highest: Priority,
): Draft {
  const { agent, task, wantsExplanation } = identity
  const draft: Draft = {
    requestId,
    candidates,
    priority: priorityOf(identity, highest),
    kind: agent?.id ?? task ?? body.model,
    inputTokens: estimateInputTokens(body.bytes),
    bytes: body.bytes.length,
    explain: wantsExplanation,
  }
  const tenant = agent?.id ?? caller?.keyId
  if (tenant !== undefined) draft.tenant = tenant
  return draft
}

/** What it may cost those of its payers that have a budget; `undefined` where none has. */
export function chargeOf(
  { identity, caller, body }: Omit<Asked, 'requestId'>,
  { inputTokens = 0 }: RouteRequest,
  payers: Payers,
): Charge | undefined {
  const paying = payers.of(caller?.keyId, identity.agent?.id)
  if (paying.length === 0) return undefined
  return { id: randomUUID(), payers: paying, inputTokens, maxOutputTokens: longestAnswer(body) }
}

const LIMIT_FIELDS = ['max_completion_tokens', 'max_tokens', 'max_output_tokens']

/** Tokens of all answers that a request asks for; `undefined` where it sets no bound. */
function longestAnswer(body: RoutedBody): number | undefined {
  const bound = LIMIT_FIELDS.map((field) => fieldOf(body, field)).find((value) => typeof value === 'number')
  if (bound === undefined || !(bound > 0)) return undefined
  const answers = fieldOf(body, 'n')
  return bound * (typeof answers === 'number' && answers > 1 ? answers : 1)
}

/** What it claims, lowered to `highest` where that is more. */
export function priorityOf({ priority = 'default' }: Identity, highest: Priority): Priority {
  return lower(priority, highest)
}

/** The less urgent of two. */
function lower(a: Priority, b: Priority): Priority {
  return PRIORITIES.indexOf(a) > PRIORITIES.indexOf(b) ? a : b
}
