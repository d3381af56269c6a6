import { rankOf } from '../../routing/priority.js'
import type { RouteRequest } from '../../routing/submission.js'
import { TARGET_TOLERANCE } from '../../scoring/load-factor.js'
import { BrokenInvariant } from './broken-invariant.js'
import type { Mirror, MirrorModel, MirrorTicket } from './mirror.js'
import type { Promises } from './promises.js'

/** What a sum of times may be off by. */
const ROUNDING_MS = 1e-6

/**
 * Whether a model may be given a request, which the mirror counts already: I1 within `max_concurrent`, others' requests
 * included; and within its target, but for those who may use what is above it, and less what is kept for other
 * priorities.
 *
 * @param waiting - the request's ticket when it waited.
 */
export function checkSlots(
  mirror: Mirror,
  modelId: string,
  request: RouteRequest,
  waiting: MirrorTicket | undefined,
  { queue }: Promises,
): void {
  const model = mirror.there(modelId)
  if (model === undefined) {
    throw new BrokenInvariant('I1', mirror.clockMs, `${modelId} is not there, and was given a request`)
  }
  const used = model.leases + model.external
  const what = `${modelId} has ${model.leases} of ours and ${model.external} of others`
  if (used > model.maxConcurrent) {
    throw new BrokenInvariant('I1', mirror.clockMs, `${what} on ${model.maxConcurrent} slots`)
  }
  const rank = rankOf(request.priority ?? 'default')
  const isAbove = queue.isAbove[rank] === true || isUrgent(mirror, request, waiting, queue.rescueMs)
  const slots = isAbove ? model.maxConcurrent : slotsWithinTarget(model)
  if (used > slots)
    throw new BrokenInvariant('target', mirror.clockMs, `${what} on ${slots} slots within target`)
  const kept = keptFrom(rank, model, queue.floors ?? [])
  if (used > slots - kept) {
    throw new BrokenInvariant(
      'target',
      mirror.clockMs,
      `${what} on ${slots} slots, ${kept} of them for other priorities`,
    )
  }
}

/** Whether somebody of the request's line is so near the end of its wait that the line may use slots above target. */
function isUrgent(
  mirror: Mirror,
  request: RouteRequest,
  waiting: MirrorTicket | undefined,
  rescueMs: number,
): boolean {
  if (waiting === undefined) return false
  const line = mirror.lineOf(request)
  for (const other of [waiting, ...mirror.tickets.values()]) {
    const { expiresMs, enqueuedMs } = other.ticket
    const nearMs = expiresMs - Math.min(rescueMs, (expiresMs - enqueuedMs) / 2)
    const isNear = mirror.clockMs >= nearMs - ROUNDING_MS
    if (isNear && mirror.lineOf(other.request) === line) return true
  }
  return false
}

export function slotsWithinTarget({ maxConcurrent, targetUtilization }: MirrorModel): number {
  const slots = Math.floor((targetUtilization + TARGET_TOLERANCE) * maxConcurrent)
  return Math.min(maxConcurrent, Math.max(1, slots))
}

function keptFrom(rank: number, model: MirrorModel, floors: readonly number[]): number {
  return floors.reduce((kept, share, other) => {
    const floor = Math.floor(share * slotsWithinTarget(model) + TARGET_TOLERANCE)
    return other === rank ? kept : kept + Math.max(0, floor - (model.leasesOf[other] ?? 0))
  }, 0)
}
