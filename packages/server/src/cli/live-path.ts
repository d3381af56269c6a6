import { randomInt } from 'node:crypto'
import { RetryBudget, Router } from '@loadstar/core'
import type { Logger } from 'pino'
import type { Config, RoutingConfig } from '../config/config.js'
import { LocalAdmission } from '../gateway/local-admission.js'
import { DecisionIds } from '../gateway/decision-ids.js'
import { Gateway } from '../gateway/gateway.js'
import { Hedging } from '../gateway/hedging.js'
import type { AttemptRecord } from '../gateway/record.js'
import { Tally } from '../gateway/tally.js'
import { keysFrom } from '../gateway/upstream-key.js'
import { Upstreams } from '../gateway/upstreams.js'
import type { Registry } from '../registry/registry.js'

/** What carries the live requests of one instance. */
interface LivePath {
  readonly router: Router
  readonly admission: LocalAdmission
  readonly upstreams: Upstreams
  readonly tally: Tally
  readonly hedging: Hedging
  readonly decisionIds: DecisionIds
  readonly gateway: Gateway
}

/** Wires router, gateway and counts, and lets them follow the registry. @param clock - Unix milliseconds, never backwards. */
export function createLivePath(
  { routing, server }: Config,
  registry: Registry,
  { log, clock }: { log: Logger; clock: () => number },
): LivePath {
  const router = createRouter(registry, routing)
  const admission = new LocalAdmission(router, clock)
  const upstreams = new Upstreams(routing.timeouts.connectMs)
  const tally = new Tally(clock)
  const hedging = new Hedging(routing.hedging, clock)
  const decisionIds = new DecisionIds()
  const count = (attempt: AttemptRecord): void => {
    // A model may be removed while it still answers; its counts went with it.
    if (registry.model(attempt.modelId) !== undefined) tally.add(attempt)
  }
  const gateway = new Gateway({
    catalog: registry,
    admission,
    upstreams,
    keyOf: keysFrom(process.env, server.apiKeyEnvs),
    routing,
    retryBudget: new RetryBudget(routing.retries),
    hedging,
    decisionIds,
    maxBodyBytes: server.maxBodyBytes,
    clock,
    log,
    ended: ({ outcome, attempts }) => {
      tally.ended(outcome)
      attempts.forEach(count)
    },
  })
  registry.onChange((change) => {
    if (change.kind === 'model_put') admission.apply(router.setModel(change.model, clock()))
    if (change.kind === 'model_removed') {
      admission.apply(router.removeModel(change.id, clock()))
      upstreams.forget(change.id)
      tally.forget(change.id)
      hedging.forget(change.id)
    }
  })
  return { router, admission, upstreams, tally, hedging, decisionIds, gateway }
}

function createRouter(registry: Registry, routing: RoutingConfig): Router {
  const { policy, bid, queue, loadWeight, maxWaitMs, health } = routing
  // Instances that lost a model together must not come back to it together.
  const seed = randomInt(MOST_SEEDS)
  return new Router(registry.models(), { policy, bid, queue, loadWeight, maxWaitMs, health, seed })
}

const MOST_SEEDS = 2 ** 32
