import type { ModelLoad } from '../../load/load.js'
import type { Outcome } from '../../routing/outcome.js'
import type { WatchableRouter } from '../router-port.js'
import { BrokenInvariant, type Invariant } from './broken-invariant.js'
import type { Mirror, MirrorModel } from './mirror.js'
import type { Promises } from './promises.js'

/** I1 to I4, I7: the router's counts, loads and next wake are what they must be. O(models + waiting). */
export function checkAccount(mirror: Mirror, router: WatchableRouter, promises: Promises): void {
  const must = (isSo: boolean, invariant: Invariant, what: string) => {
    if (!isSo) throw new BrokenInvariant(invariant, mirror.clockMs, what)
  }
  const { submitted, outcomes, inFlight, waiting, duplicateSettles } = router.counters()
  must(inFlight === mirror.leases.size, 'I3', `${inFlight} in flight instead of ${mirror.leases.size}`)
  let ended = 0
  for (const [name, count] of Object.entries(outcomes)) {
    ended += count
    const told = mirror.outcomes[name as Outcome]
    must(count === told, 'I4', `${count} ended as ${name}, and ${told} were told so`)
  }
  must(submitted === mirror.submitted, 'I4', `${submitted} submitted instead of ${mirror.submitted}`)
  must(submitted === ended + inFlight + waiting, 'I4', `${submitted} ≠ ${ended} + ${inFlight} + ${waiting}`)
  must(waiting === mirror.tickets.size, 'I4', `${waiting} wait instead of ${mirror.tickets.size}`)
  must(duplicateSettles === mirror.duplicateSettles, 'I2', `${duplicateSettles} settles of what had ended`)

  let queued = 0
  let there = 0
  for (const load of router.loads(mirror.clockMs)) {
    const model = mirror.there(load.modelId)
    if (model === undefined)
      throw new BrokenInvariant('I1', mirror.clockMs, `${load.modelId} is there, and should not`)
    queued += load.queueDepth
    there++
    checkLoad(load, model, mirror.clockMs, promises, must)
  }
  const expected = [...mirror.models.values()].filter(({ isThere }) => isThere).length
  must(there === expected, 'I1', `${there} models instead of ${expected}`)
  must(queued === waiting, 'I4', `${queued} in models' queues, and ${waiting} wait`)
  checkWake(mirror, router.nextWakeMs() ?? Infinity, must)
}

function checkLoad(
  load: ModelLoad,
  { id, leases, external, maxConcurrent, reportedMs }: MirrorModel,
  nowMs: number,
  { staleAfterMs }: Promises,
  must: (isSo: boolean, invariant: Invariant, what: string) => void,
): void {
  must(load.inFlight === leases, 'I1', `${id} has ${load.inFlight} in flight instead of ${leases}`)
  const others = load.activeRequests - load.inFlight
  must(others === external, 'I1', `${id} has ${others} of others instead of ${external}`)
  must(
    load.maxConcurrent === maxConcurrent,
    'I1',
    `${id} has ${load.maxConcurrent} slots instead of ${maxConcurrent}`,
  )
  must(load.queueDepth >= 0, 'I4', `${id} has ${load.queueDepth} in its queue`)
  const isStale = reportedMs !== undefined && nowMs - reportedMs > staleAfterMs
  must(load.isStale === isStale, 'I7', `${id}: is_stale is ${load.isStale}`)
  must(
    (load.utilization === null) === isStale,
    'I7',
    `${id}, reported at ${reportedMs}: used ${load.utilization}`,
  )
  must(!isStale || load.isOverTarget, 'I7', `${id} is stale, and reads as below its target`)
}

/** I4, I6: whoever waits is looked at when its wait is over, at the latest. */
function checkWake(
  mirror: Mirror,
  nextWakeMs: number,
  must: (isSo: boolean, invariant: Invariant, what: string) => void,
): void {
  for (const { ticket } of mirror.tickets.values()) {
    must(
      nextWakeMs <= ticket.expiresMs,
      'I6',
      `ticket ${ticket.id} expires at ${ticket.expiresMs}, before any wake`,
    )
  }
}
