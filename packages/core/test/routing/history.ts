import fc from 'fast-check'
import { expect } from 'vitest'
import { LEASE_OUTCOMES, type LeaseOutcome } from '../../src/routing/outcome.js'
import { Router } from '../../src/routing/router.js'
import type { Candidate, RouteRequest, Submission, Transition } from '../../src/routing/submission.js'
import { type Answer, type NamedCapacity, NaiveRouter, OPTIONS, type Step } from './naive-router.js'

/** Random histories of a router, and how to play them. */

const MODEL_IDS = ['a', 'b', 'c', 'd'] as const

export type Command =
  | { kind: 'submit'; candidates: Candidate[]; maxWaitMs: number | undefined; owner: string }
  | { kind: 'settle'; which: number; outcome: LeaseOutcome; retryAfterMs: number | undefined }
  | { kind: 'first_token'; which: number }
  | { kind: 'cancel'; which: number }
  | { kind: 'expire' }
  | { kind: 'set_model'; model: NamedCapacity }
  | { kind: 'remove_model'; modelId: string }
  | { kind: 'report'; modelId: string; activeRequests: number }
  | { kind: 'owner_lost'; owner: string }
  | { kind: 'close' }
export type History = {
  readonly models: NamedCapacity[]
  readonly steps: { readonly gapMs: number; readonly command: Command }[]
}

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
  const { candidates, maxWaitMs, owner } = command
  return {
    requestId: `r${number}`,
    candidates,
    owner,
    explain: true,
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
  }
}

export function apply(
  subject: Router | NaiveRouter,
  command: Command,
  nowMs: number,
  known: Known,
  number: number,
): unknown {
  switch (command.kind) {
    case 'submit':
      return readAnswer(subject.submit(request(command, number), nowMs))
    case 'settle': {
      const leaseId = known.lease(command.which)
      if (leaseId === undefined) return undefined
      const { outcome, retryAfterMs } = command
      const result = retryAfterMs === undefined ? {} : { retryAfterMs }
      return readStep(subject.settle(leaseId, outcome, nowMs, result))
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
    case 'expire':
      return readStep(subject.wake(nowMs))
    case 'set_model':
      return readStep(subject.setModel(command.model, nowMs))
    case 'remove_model':
      return readStep(subject.removeModel(command.modelId, nowMs))
    case 'report':
      return readStep(subject.reportLoad(command.modelId, command, nowMs))
    case 'owner_lost':
      return readStep(subject.ownerLost(command.owner, nowMs))
    case 'close':
      return readStep(subject.close(nowMs))
  }
}

export function readAnswer(answer: Submission | Answer): Answer {
  if ('lease' in answer) return { kind: 'admitted', leaseId: answer.lease.id, modelId: answer.lease.modelId }
  if ('ticket' in answer) {
    const { id, homeModelId, expiresMs } = answer.ticket
    return { kind: 'queued', ticketId: id, homeModelId, expiresMs }
  }
  if ('retryAfterMs' in answer) {
    return { kind: 'rejected', outcome: answer.outcome, canRetry: answer.retryAfterMs !== null }
  }
  return answer
}

function readStep(step: (Transition & { settled?: boolean }) | (Step & { settled?: boolean })) {
  const admitted = step.admitted.map((admission) => {
    if ('ticketId' in admission) return admission
    return { ticketId: admission.ticket?.id, leaseId: admission.lease.id, modelId: admission.lease.modelId }
  })
  const dropped = step.dropped.map((refusal) => {
    if ('ticketId' in refusal) return refusal
    return { ticketId: refusal.ticket.id, outcome: refusal.outcome, canRetry: refusal.retryAfterMs !== null }
  })
  return { admitted, dropped, ...(step.settled === undefined ? {} : { settled: step.settled }) }
}

const modelId = fc.constantFrom(...MODEL_IDS)
const owner = fc.constantFrom('x', 'y', 'z')
const capacity = (id: string): fc.Arbitrary<NamedCapacity> =>
  fc.record({
    id: fc.constant(id),
    maxConcurrent: fc.oneof(
      { weight: 14, arbitrary: fc.integer({ min: 1, max: 3 }) },
      { weight: 1, arbitrary: fc.constant(0) },
    ),
    maxQueue: fc.nat(4),
    targetUtilization: fc.constantFrom(0.5, 0.57, 0.8, 1),
  })
const candidates = fc
  .uniqueArray(fc.constantFrom(...MODEL_IDS, ...MODEL_IDS, 'ghost'), { minLength: 0, maxLength: 4 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) => fc.record({ modelId: fc.constant(id), score: fc.constantFrom(0, 50, 80, 90) })),
    ),
  )
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 120,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      candidates,
      maxWaitMs: fc.constantFrom(undefined, undefined, undefined, 0, 10, 200, 200),
      owner,
    }),
  },
  {
    weight: 50,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      which: fc.nat(12),
      outcome: fc.constantFrom(...LEASE_OUTCOMES),
      retryAfterMs: fc.oneof(
        { weight: 12, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom(0, 5, 20, 1_000) },
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('first_token' as const), which: fc.nat(12) }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(8) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('expire' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('set_model' as const), model: modelId.chain(capacity) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove_model' as const), modelId }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('report' as const), modelId, activeRequests: fc.nat(4) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('owner_lost' as const), owner }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const) }) },
)
const history: fc.Arbitrary<History> = fc.record({
  models: fc.tuple(...MODEL_IDS.slice(0, 3).map(capacity)),
  steps: fc.array(fc.record({ gapMs: fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 5, 10, 200, -30), command }), {
    minLength: 1,
    size: 'max',
    maxLength: 80,
  }),
})

/** Fails with the seed and the shortest history found that breaks the property. */
export function everyHistory(check: (history: History) => void): void {
  fc.assert(fc.property(history, check), { numRuns: 600 })
}

/** Plays a history on both routers, and calls back after every step with what the step answered. */
export function playBoth(
  { models, steps }: History,
  after: (router: Router, naive: NaiveRouter, answer: unknown, command: Command) => void,
): { router: Router; naive: NaiveRouter; nowMs: number } {
  const router = new Router(models, OPTIONS)
  const naive = new NaiveRouter(models)
  const known = new Known()
  let nowMs = 0
  steps.forEach(({ gapMs, command }, number) => {
    nowMs = Math.max(0, nowMs + gapMs)
    const answer = apply(router, command, nowMs, known, number)
    const expected = apply(naive, command, nowMs, known, number)
    expect(answer).toEqual(expected)
    known.note(answer)
    after(router, naive, answer, command)
  })
  return { router, naive, nowMs }
}

export function trace({ models, steps }: History): string {
  const router = new Router(models, OPTIONS)
  const known = new Known()
  let nowMs = 0
  const answers = steps.map(({ gapMs, command }, number) => {
    nowMs = Math.max(0, nowMs + gapMs)
    const answer = apply(router, command, nowMs, known, number)
    known.note(answer)
    return [answer, router.loads(nowMs), router.counters(), router.nextWakeMs()]
  })
  return JSON.stringify(answers)
}
