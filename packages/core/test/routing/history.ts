import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { Router } from '../../src/routing/router.js'
import type { Dropped, RouteRequest, Submission, Transition } from '../../src/routing/submission.js'
import type { Command, History, HistoryStep } from './histories.js'
import { readDecision } from './naive-decision.js'
import type { Answer, Step } from './naive-answer.js'
import { NaiveRouter } from './naive-router.js'

/** What a history refers to by number: every lease and ticket given so far, ended ones included. */
export class Known {
  leases: number[] = []
  tickets: number[] = []
  lease = (which: number) => this.leases.at(-1 - (which % Math.max(1, this.leases.length)))
  ticket = (which: number) => this.tickets.at(-1 - (which % Math.max(1, this.tickets.length)))

  note(result: unknown): void {
    const { leaseId, ticketId, admitted } = Object(result) as {
      leaseId?: number
      ticketId?: number
    } & Partial<Step>
    if (leaseId !== undefined) this.leases.push(leaseId)
    if (ticketId !== undefined) this.tickets.push(ticketId)
    for (const admission of admitted ?? []) this.leases.push(admission.leaseId)
  }
}

export function request(command: Extract<Command, { kind: 'submit' }>, number: number): RouteRequest {
  return { ...command.request, requestId: `r${number}` }
}

/** The time of a step: clocks may go backwards, and whoever wakes a router does so when it asked for it. */
export function timeOf({ gapMs, command }: HistoryStep, router: Router, nowMs: number): number {
  const due = command.kind === 'wake' && command.isWhenDue ? (router.nextWakeMs() ?? 0) : 0
  return Math.max(0, nowMs + gapMs, due)
}

/** Carries one command out on a router of either sort. @returns what it answered, in the words of the naive one. */
export function apply(
  subject: Router | NaiveRouter,
  command: Command,
  nowMs: number,
  known: Known,
  number: number,
): unknown {
  switch (command.kind) {
    case 'submit': {
      const asked = request(command, number)
      const hadSlot = subject.hasSlotFor(asked)
      return { hadSlot, ...readAnswer(subject.submit(asked, nowMs)) }
    }
    case 'settle': {
      const leaseId = known.lease(command.which)
      if (leaseId === undefined) return undefined
      return readStep(subject.settle(leaseId, command.outcome, nowMs, command.result))
    }
    case 'first_token': {
      const leaseId = known.lease(command.which)
      // It moves nothing but an average, so the naive router has no such thing.
      if (leaseId !== undefined && subject instanceof Router) subject.firstToken(leaseId, nowMs)
      else if (leaseId !== undefined && subject instanceof NaiveRouter) subject.advance(nowMs)
      return undefined
    }
    case 'cancel': {
      const ticketId = known.ticket(command.which)
      return ticketId === undefined ? undefined : subject.cancel(ticketId, nowMs)
    }
    case 'wake':
      return readStep(subject.wake(nowMs))
    case 'set_model':
      return readStep(subject.setModel(command.model, nowMs))
    case 'remove_model':
      return readStep(subject.removeModel(command.modelId, nowMs))
    case 'report':
      return readStep(subject.reportLoad(command.modelId, command.report, nowMs))
    case 'seed_prices':
      return readStep(subject.seedPrices(new Map(command.points), nowMs))
    case 'set_queue_open':
      return subject.setQueueOpen(command.modelId, command.isOpen)
    case 'owner_lost':
      return readStep(subject.ownerLost(command.owner, nowMs))
    case 'close':
      return readStep(subject.close(nowMs))
  }
}

export function readAnswer(answer: Submission | Answer): Answer {
  if ('lease' in answer) {
    const { id: leaseId, modelId } = answer.lease
    return { kind: 'admitted', leaseId, modelId, decision: readDecision(answer.decision) }
  }
  if ('ticket' in answer) {
    const { id, homeModelId, position, expiresMs } = answer.ticket
    const displaced = answer.displaced && readDropped(answer.displaced)
    return { kind: 'queued', ticketId: id, homeModelId, position, expiresMs, displaced }
  }
  if ('retryAfterMs' in answer) {
    const { outcome, retryAfterMs, decision } = answer
    return { kind: 'rejected', outcome, canRetry: retryAfterMs !== null, decision: readDecision(decision) }
  }
  return answer
}

function readDropped({ ticket, outcome, retryAfterMs }: Dropped): Step['dropped'][number] {
  return { ticketId: ticket.id, outcome, canRetry: retryAfterMs !== null }
}

function readStep(step: (Transition & { settled?: boolean }) | (Step & { settled?: boolean })) {
  const admitted = step.admitted.map((admission) => {
    if ('ticketId' in admission) return admission
    const { id, modelId, waitedMs } = admission.lease
    const decision = readDecision(admission.decision)
    return { ticketId: admission.ticket?.id, leaseId: id, modelId, waitedMs, decision }
  })
  const dropped = step.dropped.map((refusal) => {
    return 'ticketId' in refusal ? refusal : readDropped(refusal)
  })
  return { admitted, dropped, ...(step.settled === undefined ? {} : { settled: step.settled }) }
}

/** `toEqual`, quick where there is nothing to tell. */
export function expectAlike(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected)
}

/** Plays a history on both routers, and calls back after every step with what the step answered. */
export function playBoth(
  { options, models, steps }: History,
  after: (router: Router, naive: NaiveRouter, answer: unknown, command: Command) => void,
): { router: Router; naive: NaiveRouter; nowMs: number } {
  const router = new Router(models, options)
  const naive = new NaiveRouter(models, options)
  const known = new Known()
  let nowMs = 0
  steps.forEach((step, number) => {
    const { command } = step
    nowMs = timeOf(step, router, nowMs)
    const answer = apply(router, command, nowMs, known, number)
    const expected = apply(naive, command, nowMs, known, number)
    expectAlike(answer, expected)
    known.note(answer)
    after(router, naive, answer, command)
  })
  return { router, naive, nowMs }
}

export function trace({ options, models, steps }: History): string {
  const router = new Router(models, options)
  const known = new Known()
  let nowMs = 0
  const answers = steps.map((step, number) => {
    nowMs = timeOf(step, router, nowMs)
    const answer = apply(router, step.command, nowMs, known, number)
    known.note(answer)
    return [answer, router.loads(nowMs), router.counters(), router.nextWakeMs()]
  })
  return JSON.stringify(answers)
}
