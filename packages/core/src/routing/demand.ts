import { checkNotNegative, checkPositive, checkWhole, invalid } from '../health/check.js'
import { checkMs } from '../load/check.js'
import { PRIORITIES, rankOf } from './priority.js'
import type { RouteRequest } from './submission.js'

/** How urgent a request is, and how long it may wait. */
export interface Demand {
  readonly rank: number
  readonly waitMs: number
}

/** @throws {LoadstarError} `OPTION_INVALID` naming the field outside its range. */
export function demandOf(request: RouteRequest, usualWaitMs: number): Demand {
  const { maxWaitMs: waitMs = usualWaitMs, priority = 'default' } = request
  checkMs(waitMs, 'max_wait_ms')
  const rank = rankOf(priority)
  if (rank < 0) throw invalid('priority', `must be one of ${PRIORITIES.join(', ')}`, priority)
  if (request.deadlineMs !== undefined) checkPositive(request.deadlineMs, 'deadline_ms')
  if (request.inputTokens !== undefined) checkWhole(request.inputTokens, 0, 'input_tokens')
  if (request.outputTokens !== undefined) checkNotNegative(request.outputTokens, 'output_tokens')
  if (request.bytes !== undefined) checkWhole(request.bytes, 0, 'bytes')
  return { rank, waitMs }
}
