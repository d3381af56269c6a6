import { type RandomSource, seededRandom } from '../../random.js'
import { TRACE_CODES, type WorldEvent } from '../event.js'
import type { ModelTruth } from '../model-truth.js'
import type { Passage } from '../passage.js'
import type { Scenario } from '../scenario.js'
import type { Stage } from '../stage.js'
import {
  answerFate,
  bend,
  breakOff,
  clientFate,
  leavesAfterMs,
  type Luck,
  settlesAgainAfterMs,
} from './fate.js'
import type { Faults } from './faults.js'
import { Instances } from './instances.js'
import { ownerLost, strike } from './strike.js'
import { timedFaults } from './timed.js'

/** Of the seed's streams, the one that each request's luck is drawn from. */
const LUCK_STREAM = 3

/** The faults of one world. */
export class Misfortune {
  readonly #scenario: Scenario
  readonly #faults: Faults
  readonly #seed: number
  readonly #stage: Stage
  readonly #random: RandomSource
  readonly #instances: Instances

  constructor(scenario: Scenario, faults: Faults, seed: number, stage: Stage) {
    this.#scenario = scenario
    this.#faults = faults
    this.#seed = seed
    this.#stage = stage
    this.#random = seededRandom(seed, LUCK_STREAM)
    this.#instances = new Instances(faults.instances ?? 1)
  }

  /** Puts the timed faults where they belong; called before anything happens. */
  schedule(): void {
    for (const fault of timedFaults(this.#scenario, this.#faults, this.#seed)) {
      this.#stage.later(fault.atMs, { kind: 'fault', fault })
    }
  }

  /** Of the next request. */
  drawLuck(): Luck {
    const random = this.#random
    return { client: random(), answer: random(), when: random(), again: random(), instance: random() }
  }

  ownerFor({ instance }: Luck): string {
    return this.#instances.nameFor(instance)
  }

  /** A request has come that has this luck. */
  befall(passage: Passage, luck: Luck): void {
    passage.luck = luck
    passage.fate = clientFate(this.#faults, luck)
    if (passage.fate !== 'leavesWaiting') return
    this.#stage.later(leavesAfterMs(this.#faults, luck), { kind: 'leave', passage })
  }

  /** The request has reached its model, and its plan is made. */
  bend({ plan, luck, fate }: Passage, model: ModelTruth): void {
    if (plan === undefined || luck === undefined) return
    const { outage } = model
    const isOut = outage !== undefined && this.#stage.nowMs < outage.untilMs
    const answer = isOut ? outage.fate : answerFate(this.#faults, luck)
    if (answer !== undefined) bend(plan, answer, this.#faults.answers ?? {}, luck)
    if (fate === 'leavesStreaming') breakOff(plan, luck.when, 'client_gone')
  }

  /** A lease has ended, and the router was told. */
  ended({ luck, fate, leaseId, ticketId }: Passage): void {
    if (luck === undefined) return
    const { router, routerMs } = this.#stage
    if (fate === 'leavesAfterwards') {
      router.cancel(ticketId, routerMs)
      router.firstToken(leaseId, routerMs)
      this.#stage.later(0, { kind: 'settle_again', leaseId, outcome: 'client_gone' })
    }
    const afterMs = settlesAgainAfterMs(this.#faults, luck)
    if (afterMs === undefined) return
    const outcome = luck.when < 0.5 ? 'completed' : 'upstream_error'
    this.#stage.later(afterMs, { kind: 'settle_again', leaseId, outcome })
  }

  happen(event: Extract<WorldEvent, { kind: 'settle_again' | 'fault' | 'owner_lost' }>): void {
    const stage = this.#stage
    switch (event.kind) {
      case 'settle_again':
        stage.note(TRACE_CODES.settledAgain, event.leaseId, 0)
        return stage.take(stage.router.settle(event.leaseId, event.outcome, stage.routerMs))
      case 'fault':
        stage.note(TRACE_CODES.fault, event.fault.atMs, 0)
        return strike(event.fault, stage, this.#instances)
      case 'owner_lost':
        stage.note(TRACE_CODES.ownerLost, 0, 0)
        for (const passage of stage.alive) this.#mayComeLate(passage, event.owner)
        return ownerLost(event.owner, stage)
    }
  }

  /** An instance that was thought dead may only have slept, and tell of its leases' ends when they are not its own. */
  #mayComeLate({ request, state, leaseId, luck }: Passage, owner: string): void {
    if (request.owner !== owner || state !== 'lost' || luck === undefined || luck.when > 0.5) return
    const afterMs = leavesAfterMs(this.#faults, luck)
    this.#stage.later(afterMs, { kind: 'settle_again', leaseId, outcome: 'completed' })
  }
}
