import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouterOptions } from '@loadstar/core'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Logger } from 'pino'
import type { AssignmentConfig, RoutingConfig, ScoringConfig } from '../config/config.js'
import type { AlertDesk } from '../alerts/alert-desk.js'
import type { AccountView } from '../budgets/book.js'
import type { ModelEntry } from '../registry/entry.js'
import type { ConnectionTest } from '../gateway/connection-test.js'
import type { Callers } from '../gateway/caller.js'
import type { HistoryReader } from '../history/history.js'
import type { Registry } from '../registry/registry.js'
import type { EventStreams } from './events/event-streams.js'
import type { LearningView } from './learning-view.js'
import type { LiveView } from './live.js'
import type { MetricsView } from './metrics-view.js'
import type { Simulator } from './simulations/simulator.js'
import type { RunCache } from './solver/run-cache.js'

/** What the REST API works on. */
export interface ApiDeps {
  readonly registry: Registry
  readonly live: LiveView
  readonly learning: LearningView
  readonly alerts: AlertDesk
  readonly metrics: MetricsView
  readonly events: EventStreams
  /** Absent where requests are not recorded. */
  readonly history?: HistoryReader
  /** What a run uses where its request does not say. */
  readonly assignment: Pick<AssignmentConfig, 'strategy' | 'loadBalancing'>
  readonly runs: RunCache
  readonly routing: Pick<RoutingConfig, 'loadWeight'>
  readonly scoring: Pick<ScoringConfig, 'adaptive' | 'rules'>
  readonly simulator: Simulator
  /** What live requests are routed by. */
  readonly router: RouterOptions
  /** Asks a model's backend whether it is there. */
  readonly testConnection: (model: ModelEntry) => Promise<ConnectionTest>
  /** How everybody's budgets stand. */
  readonly budgets: () => readonly AccountView[]
  /** Nobody is asked for a key when `undefined`. */
  readonly callers?: Callers | undefined
  /** The web page: whether it is to be served, and the folder it was built into. */
  readonly dashboard: { readonly isEnabled: boolean; readonly folder: string }
  /** Address it listens on, as configured. */
  readonly host: string
  /** Further names by which clients reach it. */
  readonly allowedHosts: readonly string[]
  readonly maxBodyBytes: number
  /** Environment variables that a model may name as its key. */
  readonly apiKeyEnvs: readonly string[]
  /** Release of the server, for the OpenAPI document and the statistics. */
  readonly version: string
  /** Unix milliseconds. */
  readonly clock: () => number
  /** Hears of every answer with status 500. */
  readonly log: Pick<Logger, 'error'>
  /** Takes every request whose path starts with `/v1/` before the API sees it. */
  readonly gateway?: (req: IncomingMessage, res: ServerResponse) => void
}

/** The server with handlers typed by their zod schemas. */
export type ZodApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** Where every route of the API proper begins. */
export const PREFIX = '/api/v1/model-router'
