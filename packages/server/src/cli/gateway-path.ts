import { RetryBudget } from '@loadstar/core'
import type { Logger } from 'pino'
import { callersOf } from '../auth/keyring.js'
import { MemoryResponses } from '../caches/memory-responses.js'
import { RedisResponses } from '../caches/redis-responses.js'
import type { Config } from '../config/config.js'
import type { Admission } from '../gateway/admission.js'
import type { DecisionIds } from '../gateway/decision-ids.js'
import { Gateway } from '../gateway/gateway.js'
import { Hedging } from '../gateway/hedging.js'
import { Payers } from '../gateway/payers.js'
import type { ExchangeRecord } from '../gateway/record.js'
import { ResponseCache } from '../gateway/response-cache/response-cache.js'
import type { ResponseStore } from '../gateway/response-cache/store.js'
import type { Scorer } from '../gateway/scorer.js'
import type { Tracing } from '../gateway/tracing.js'
import { keysFrom } from '../gateway/upstream-key.js'
import { Upstreams } from '../gateway/upstreams.js'
import type { Catalog } from '../registry/catalog.js'
import type { RegistryChange } from '../registry/registry-change.js'

/** What carries live requests in one process. */
interface GatewayPath {
  readonly gateway: Gateway
  readonly hedging: Hedging
  /** What the catalog's changes mean to it. */
  readonly follow: (change: RegistryChange) => void
  /** Closes connections to models and caches. */
  readonly close: () => Promise<void>
}

interface Parts {
  readonly catalog: Catalog
  readonly admission: Admission
  readonly scorer: Scorer
  readonly decisionIds: DecisionIds
  readonly ended: (record: ExchangeRecord) => void
  /** `undefined` where nobody follows requests. */
  readonly tracing: () => Tracing | undefined
  readonly log: Logger
  /** Unix milliseconds, never backwards. */
  readonly clock: () => number
}

/** What of a configuration it follows. */
type GatewayConfig = Pick<Config, 'routing' | 'server' | 'auth' | 'budgets' | 'responseCache'>

/** Second attempts that a whole instance keeps at most. */
const MOST_HEDGES = 10

/**
 * Wires a gateway to the door of a ledger, wherever that is. Of several processes each may make its part of the further
 * attempts: shares are of its own requests, and what is allowed besides is divided by the number of processes.
 */
export function createGatewayPath(
  { routing, server, auth, budgets, responseCache }: GatewayConfig,
  { catalog, admission, scorer, decisionIds, ended, tracing, log, clock }: Parts,
): GatewayPath {
  const { workers } = server
  const { retries } = routing
  const upstreams = new Upstreams(routing.timeouts.connectMs)
  const hedging = new Hedging({ ...routing.hedging, most: Math.max(1, MOST_HEDGES / workers) }, clock)
  const store = responseStore(responseCache, log, clock)
  const { maxAnswerBytes } = responseCache
  const gateway = new Gateway({
    catalog,
    admission,
    scorer,
    upstreams,
    keyOf: keysFrom(process.env, server.apiKeyEnvs),
    routing,
    retryBudget: new RetryBudget({ ...retries, minPerSecond: retries.minPerSecond / workers }),
    hedging,
    responses: new ResponseCache({ catalog, store, maxAnswerBytes, clock }),
    decisionIds,
    callers: callersOf(auth),
    payers: budgets.length === 0 ? undefined : new Payers(budgets.map(({ payer }) => payer)),
    maxBodyBytes: server.maxBodyBytes,
    clock,
    log,
    ended,
    tracing,
  })
  const follow = (change: RegistryChange): void => {
    if (change.kind !== 'model_removed') return
    upstreams.forget(change.id)
    hedging.forget(change.id)
  }
  const close = async (): Promise<void> => {
    await Promise.all([upstreams.close(), store.close()])
  }
  return { gateway, hedging, follow, close }
}

function responseStore(
  { url, timeoutMs, ttlMs, maxBytes }: Config['responseCache'],
  log: Logger,
  clock: () => number,
): ResponseStore {
  return url === undefined
    ? new MemoryResponses({ maxBytes, ttlMs, clock })
    : new RedisResponses({ url, timeoutMs, ttlMs, log })
}
