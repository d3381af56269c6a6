import { randomInt } from 'node:crypto'
import { Router, type RouterOptions } from '@loadstar/core'
import { BudgetBook } from '../budgets/book.js'
import { BudgetedDoor } from '../budgets/budgeted-door.js'
import type { Config } from '../config/config.js'
import type { Admission } from '../gateway/admission.js'
import { DecisionIds } from '../gateway/decision-ids.js'
import { LocalAdmission } from '../gateway/local-admission.js'
import type { ExchangeRecord } from '../gateway/record.js'
import type { Registry } from '../registry/registry.js'
import { Meters } from '../telemetry/meters.js'

/** What there is once per instance, however many processes serve: who holds which slot, and what became of whom. */
export interface Ledger {
  readonly router: Router
  /** Where what a transition sets free is handed on. */
  readonly admission: LocalAdmission
  /** Where requests come in: with their budgets, where anybody has one. */
  readonly door: Admission & Pick<LocalAdmission, 'ownerLost'>
  /** `undefined` where nobody has a budget. */
  readonly budgets: BudgetBook | undefined
  readonly meters: Meters
  readonly decisionIds: DecisionIds
  /** A request of a client ended. */
  readonly ended: (record: ExchangeRecord) => void
  /** From here on the listener is told of every request that ended, in the order of being added. It must be quick. */
  readonly onEnded: (listener: (record: ExchangeRecord) => void) => void
}

/** Wires router and counts, and lets them follow the registry. @param clock - Unix milliseconds, never backwards. */
export function createLedger(
  {
    routing,
    scoring,
    telemetry,
    budgets: given,
  }: Pick<Config, 'routing' | 'scoring' | 'telemetry' | 'budgets'>,
  registry: Registry,
  clock: () => number,
): Ledger {
  // Instances that lost a model together must not come back to it together.
  const seed = randomInt(MOST_SEEDS)
  const router = new Router(registry.models(), { ...routerOptions({ routing, scoring }), seed })
  const admission = new LocalAdmission(router, clock)
  const meters = new Meters({
    clock,
    isModel: (id) => registry.model(id) !== undefined,
    isAgent: (id) => registry.agent(id) !== undefined,
    mostModels: MOST_MODELS,
    mostAgents: telemetry.maxAgents,
  })
  for (const { id } of registry.models()) meters.awaitModel(id)
  registry.onChange((change) => {
    if (change.kind === 'model_put') {
      admission.apply(router.setModel(change.model, clock()))
      meters.awaitModel(change.model.id)
    }
    if (change.kind === 'model_removed') {
      admission.apply(router.removeModel(change.id, clock()))
      meters.forgetModel(change.id)
    }
    if (change.kind === 'agent_removed') meters.forgetAgent(change.id)
  })
  const listeners = [(record: ExchangeRecord) => meters.ended(record)]
  const budgets =
    given.length === 0
      ? undefined
      : new BudgetBook({ budgets: given, dearestUsdPerToken: () => dearestUsdPerToken(registry) })
  if (budgets)
    listeners.push(({ chargeId, attempts }) => {
      if (chargeId !== undefined) budgets.settle(chargeId, attempts, clock())
    })
  return {
    router,
    admission,
    door: budgets ? new BudgetedDoor(admission, budgets, clock) : admission,
    budgets,
    meters,
    decisionIds: new DecisionIds(),
    ended: (record) => {
      for (const listener of listeners) listener(record)
    },
    onEnded: (listener) => listeners.push(listener),
  }
}

/** What the configuration says of routing, as the router reads it. */
export function routerOptions({ routing, scoring }: Pick<Config, 'routing' | 'scoring'>): RouterOptions {
  const { policy, bid, queue, loadWeight, maxWaitMs, health } = routing
  return { policy, bid, queue, loadWeight, maxWaitMs, health, exploreShare: scoring.explorationShare }
}

/** At the price of the dearest model there is. */
function dearestUsdPerToken(registry: Registry): number {
  const prices = registry.models().flatMap(({ price }) => price ?? [])
  const perMTok = prices.flatMap(({ inputUsdPerMTok, outputUsdPerMTok }) => [
    inputUsdPerMTok,
    outputUsdPerMTok,
  ])
  return Math.max(0, ...perMTok) / 1e6
}

const MOST_SEEDS = 2 ** 32

/** Measured by their own; a catalog of more is told as `other` from there on. */
const MOST_MODELS = 500
