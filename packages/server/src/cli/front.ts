import type { Logger } from 'pino'
import type { ApiDeps, ZodApp } from '../api/deps.js'
import type { Config } from '../config/config.js'
import type { HedgeCounters } from '../gateway/hedging.js'
import type { Tracing } from '../gateway/tracing.js'
import type { Registry } from '../registry/registry.js'
import type { Learning } from './learning.js'
import type { Vitals } from '../telemetry/vitals.js'
import type { Ledger } from './ledger.js'

/** What carries the live requests, in this process or in several. */
export interface Front {
  readonly url: string
  readonly hedges: () => HedgeCounters
  /** Of the worker processes, by name. */
  readonly vitals: () => ReadonlyMap<string, Vitals>
  /** Running requests finish for `server.shutdown_grace_ms` at most; then nobody listens any more. */
  readonly stop: () => Promise<void>
}

/** What a front works with. */
export interface FrontParts {
  readonly config: Config
  readonly registry: Registry
  readonly ledger: Ledger
  readonly learning: Learning
  readonly log: Logger
  readonly clock: () => number
  /** Follows the requests that this process serves itself. */
  readonly tracing: Tracing | undefined
  /** @param gateway - takes every path that begins with `/v1/`, where the API is to have it on its port. */
  readonly api: (gateway?: NonNullable<ApiDeps['gateway']>) => ZodApp
}
