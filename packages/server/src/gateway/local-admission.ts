import type { AnswerResult, Lease, LeaseOutcome, RouteRequest, Router, Transition } from '@loadstar/core'
import type { Admission, Entry, Granted, Verdict } from './admission.js'

/**
 * The door to a router of this process. Joins the synchronous router to waiting promises: it keeps the waiters of
 * queued requests, one timer for the next expiry, and hands every slot that a transition frees to its waiter in the
 * same step.
 */
export class LocalAdmission implements Admission {
  readonly #router: Router
  readonly #clock: () => number
  readonly #waiters = new Map<number, (verdict: Verdict) => void>()
  #timer: NodeJS.Timeout | undefined
  #timerDueMs = Infinity

  constructor(router: Router, clock: () => number) {
    this.#router = router
    this.#clock = clock
  }

  enter(request: RouteRequest): Entry {
    const submission = this.#router.submit(request, this.#clock())
    switch (submission.kind) {
      case 'admitted':
        return decided({ ...submission, kind: 'granted' })
      case 'rejected':
        return decided({ ...submission, kind: 'refused' })
      case 'queued': {
        const { id } = submission.ticket
        const verdict = new Promise<Verdict>((resolve) => this.#waiters.set(id, resolve))
        if (submission.displaced) {
          const { ticket, ...rejection } = submission.displaced
          this.#answer(ticket.id, { kind: 'refused', ...rejection })
        }
        this.#wakeOrWait()
        return { verdict, leave: () => this.#leave(id) }
      }
    }
  }

  take(request: RouteRequest): Promise<Granted | undefined> {
    // Looked at first: what is not asked for is not counted as turned away.
    if (!this.#router.hasSlotFor(request)) return Promise.resolve(undefined)
    const submission = this.#router.submit({ ...request, maxWaitMs: 0 }, this.#clock())
    return Promise.resolve(submission.kind === 'admitted' ? { ...submission, kind: 'granted' } : undefined)
  }

  settle(lease: Pick<Lease, 'id'>, outcome: LeaseOutcome, result: AnswerResult = {}): void {
    this.apply(this.#router.settle(lease.id, outcome, this.#clock(), result))
  }

  firstToken(lease: Pick<Lease, 'id'>): void {
    this.#router.firstToken(lease.id, this.#clock())
  }

  /** Hands on what a transition made elsewhere (limits changed, load reported) has set free. */
  apply(transition: Transition): void {
    for (const { ticket, ...admission } of transition.admitted) {
      if (ticket) this.#answer(ticket.id, { kind: 'granted', ...admission })
    }
    for (const { ticket, ...rejection } of transition.dropped) {
      this.#answer(ticket.id, { kind: 'refused', ...rejection })
    }
    this.#armTimer()
  }

  close(): void {
    this.apply(this.#router.close(this.#clock()))
  }

  /** Whoever held these leases and places in the queue is dead: ends all of them; see `Router.ownerLost`. */
  ownerLost(owner: string): void {
    this.apply(this.#router.ownerLost(owner, this.#clock()))
  }

  #leave(ticketId: number): void {
    if (!this.#router.cancel(ticketId, this.#clock())) return
    this.#answer(ticketId, { kind: 'left' })
    // Whoever stood behind it may want a slot that it declined.
    this.#armTimer()
  }

  #answer(ticketId: number, verdict: Verdict): void {
    const resolve = this.#waiters.get(ticketId)
    this.#waiters.delete(ticketId)
    resolve?.(verdict)
  }

  /** One more that waits can be reason to hand out at once what was held back. */
  #wakeOrWait(): void {
    const nowMs = this.#clock()
    if ((this.#router.nextWakeMs() ?? Infinity) <= nowMs) this.apply(this.#router.wake(nowMs))
    else this.#armTimer()
  }

  /** A timer that is due earlier than needed is left alone: it finds nothing and arms the next. */
  #armTimer(): void {
    const dueMs = this.#router.nextWakeMs() ?? Infinity
    if (dueMs >= this.#timerDueMs) return
    clearTimeout(this.#timer)
    this.#timerDueMs = dueMs
    this.#timer = setTimeout(
      () => {
        this.#timerDueMs = Infinity
        this.apply(this.#router.wake(this.#clock()))
      },
      Math.max(1, Math.ceil(dueMs - this.#clock())),
    )
    this.#timer.unref()
  }
}

function decided(verdict: Verdict): Entry {
  return { verdict, leave: nothingToLeave }
}

function nothingToLeave(): void {
  // Whoever has a verdict does not wait.
}
