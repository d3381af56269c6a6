import type { RoutedModel } from '../../catalog/model.js'
import type { LoadReport } from '../../load/load.js'
import type { LeaseOutcome } from '../../routing/outcome.js'
import type { RouterOptions } from '../../routing/options.js'
import type { Settlement } from '../../routing/router.js'
import type { AnswerResult, RouteRequest, Submission, Transition } from '../../routing/submission.js'
import type { RouterPort, WatchableRouter } from '../router-port.js'
import { Watch } from './watch.js'

/**
 * A router whose every answer is held against what must be so; where it is not, the call throws `BrokenInvariant`. It
 * changes nothing that goes in or comes out.
 */
export class WatchedRouter implements RouterPort {
  readonly #router: WatchableRouter
  readonly #watch: Watch

  constructor(router: WatchableRouter, models: readonly RoutedModel[], options: RouterOptions) {
    this.#router = router
    this.#watch = new Watch(router, models, options)
  }

  submit(request: RouteRequest, nowMs: number): Submission {
    const { mirror } = this.#watch
    mirror.tell(nowMs)
    const answer = this.#router.submit(request, nowMs)
    mirror.submitted++
    if (answer.kind === 'admitted') this.#watch.newcomer(answer, request)
    else if (answer.kind === 'queued') this.#watch.queued(answer.ticket, request, answer.displaced)
    else this.#watch.rejected(answer, request)
    this.#watch.check()
    return answer
  }

  firstToken(leaseId: number, nowMs: number): boolean {
    const { mirror } = this.#watch
    mirror.tell(nowMs)
    const isNoted = this.#router.firstToken(leaseId, nowMs)
    const isRight = !isNoted || mirror.leases.has(leaseId)
    this.#watch.must(isRight, 'I2', `a first token of lease ${leaseId}, which has ended`)
    this.#watch.check()
    return isNoted
  }

  settle(leaseId: number, outcome: LeaseOutcome, nowMs: number, result?: AnswerResult): Settlement {
    const { mirror } = this.#watch
    mirror.tell(nowMs)
    const held = mirror.leases.get(leaseId)
    const settlement = this.#router.settle(leaseId, outcome, nowMs, result)
    const isRight = settlement.settled === (held !== undefined)
    this.#watch.must(isRight, 'I2', `lease ${leaseId}: settled is ${settlement.settled}`)
    if (held === undefined) mirror.duplicateSettles++
    else mirror.end(held, outcome)
    this.#watch.took(settlement)
    return settlement
  }

  cancel(ticketId: number, nowMs: number): boolean {
    const { mirror } = this.#watch
    mirror.tell(nowMs)
    const isCancelled = this.#router.cancel(ticketId, nowMs)
    const isRight = isCancelled === mirror.tickets.has(ticketId)
    this.#watch.must(isRight, 'I4', `ticket ${ticketId}: cancel is ${isCancelled}`)
    if (mirror.tickets.delete(ticketId)) mirror.outcomes.cancelled_in_queue++
    this.#watch.check()
    return isCancelled
  }

  wake(nowMs: number): Transition {
    this.#watch.mirror.tell(nowMs)
    return this.#took(this.#router.wake(nowMs))
  }

  nextWakeMs(): number | undefined {
    return this.#router.nextWakeMs()
  }

  ownerLost(owner: string, nowMs: number): Transition {
    const { mirror } = this.#watch
    mirror.tell(nowMs)
    const transition = this.#router.ownerLost(owner, nowMs)
    for (const held of [...mirror.leases.values()]) {
      if (held.lease.owner === owner) mirror.end(held, 'instance_lost')
    }
    this.#watch.took(transition)
    const isGone = [...mirror.tickets.values()].every(({ request }) => request.owner !== owner)
    this.#watch.must(isGone, 'I4', `somebody of ${owner}, which is lost, still waits`)
    return transition
  }

  setModel(model: RoutedModel, nowMs: number): Transition {
    this.#watch.mirror.tell(nowMs)
    this.#watch.mirror.setModel(model)
    return this.#took(this.#router.setModel(model, nowMs))
  }

  removeModel(modelId: string, nowMs: number): Transition {
    this.#watch.mirror.tell(nowMs)
    this.#watch.mirror.removeModel(modelId)
    return this.#took(this.#router.removeModel(modelId, nowMs))
  }

  reportLoad(modelId: string, report: LoadReport, nowMs: number): Transition {
    this.#watch.mirror.tell(nowMs)
    this.#watch.mirror.report(modelId, report)
    return this.#took(this.#router.reportLoad(modelId, report, nowMs))
  }

  close(nowMs: number): Transition {
    const { mirror } = this.#watch
    mirror.tell(nowMs)
    mirror.isClosed = true
    const transition = this.#took(this.#router.close(nowMs))
    this.#watch.must(mirror.tickets.size === 0, 'I4', 'somebody waits after close')
    return transition
  }

  /** When everything has ended. @throws {BrokenInvariant} when a count is not 0. */
  checkQuiet(): void {
    this.#watch.quiet()
  }

  #took(transition: Transition): Transition {
    this.#watch.took(transition)
    return transition
  }
}
