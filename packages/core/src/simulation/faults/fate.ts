import type { Plan } from '../plan.js'
import { type Distribution, drawFrom } from '../distribution.js'
import {
  ANSWER_FATES,
  type AnswerFate,
  type AnswerFaults,
  CLIENT_FATES,
  type ClientFate,
  type Faults,
} from './faults.js'

/** Numbers in [0, 1) that decide what befalls one request, drawn when it comes so that routers do not change them. */
export interface Luck {
  readonly client: number
  readonly answer: number
  readonly when: number
  readonly again: number
  readonly instance: number
}

const USUAL_DELAY: Distribution = { kind: 'exponential', mean: 1_000 }
/** Milliseconds after which a model that does not even try has said so. */
const AT_ONCE_MS = 5

/** @returns `undefined` for a client that stays to the end. */
export function clientFate({ clients = {} }: Faults, luck: Luck): ClientFate | undefined {
  return pickFate(CLIENT_FATES, clients, luck.client)
}

/** @returns `undefined` for a model that does what it should. */
export function answerFate({ answers = {} }: Faults, luck: Luck): AnswerFate | undefined {
  return pickFate(ANSWER_FATES, answers, luck.answer)
}

/** Milliseconds after which a client that `leavesWaiting` leaves. */
export function leavesAfterMs({ clients }: Faults, luck: Luck): number {
  return drawFrom(clients?.leavesAfterMs ?? USUAL_DELAY, luck.when, luck.again)
}

/** Milliseconds after which an end is told again; `undefined` when it is not. */
export function settlesAgainAfterMs({ settles }: Faults, luck: Luck): number | undefined {
  if (settles === undefined || luck.again >= settles.twice) return undefined
  return drawFrom(settles.delayMs ?? USUAL_DELAY, luck.when, luck.instance)
}

/** Changes what is to come of a request to what its model does to it. */
export function bend(plan: Plan, fate: AnswerFate, answers: AnswerFaults, luck: Luck): void {
  const { retryAfterMs = USUAL_DELAY, timeoutMs = 30_000, crawlFactor = 10 } = answers
  const beganMs = Number.isNaN(plan.firstTokenMs) ? plan.endMs * luck.when : plan.firstTokenMs
  switch (fate) {
    case 'refused':
      return endAt(plan, AT_ONCE_MS, 'refused_by_model')
    case 'tooMany':
      return endAt(plan, AT_ONCE_MS, 'upstream_error')
    case 'tooManyYet':
      plan.retryAfterMs = drawFrom(retryAfterMs, luck.when, luck.again)
      return endAt(plan, AT_ONCE_MS, 'upstream_error')
    case 'failed':
      return endAt(plan, beganMs, 'upstream_error')
    case 'failedFast':
      return endAt(plan, AT_ONCE_MS * luck.when, 'upstream_error')
    case 'stalled':
      return endAt(plan, timeoutMs, 'upstream_timeout')
    case 'cut':
      return breakOff(plan, luck.when, 'upstream_cut')
    case 'crawled':
      plan.firstTokenMs *= crawlFactor
      plan.endMs *= crawlFactor
      return
  }
}

/** The request ends somewhere in the middle of its answer. */
export function breakOff(plan: Plan, share: number, outcome: Plan['outcome']): void {
  const beganMs = Number.isNaN(plan.firstTokenMs) ? 0 : plan.firstTokenMs
  plan.endMs = beganMs + share * (plan.endMs - beganMs)
  plan.outcome = outcome
}

/** Before any token. */
function endAt(plan: Plan, endMs: number, outcome: Plan['outcome']): void {
  plan.firstTokenMs = NaN
  plan.endMs = endMs
  plan.outcome = outcome
}

function pickFate<Fate extends string>(
  fates: readonly Fate[],
  shares: Partial<Readonly<Record<Fate, number>>>,
  luck: number,
): Fate | undefined {
  let upTo = 0
  for (const fate of fates) {
    upTo += shares[fate] ?? 0
    if (luck < upTo) return fate
  }
  return undefined
}
