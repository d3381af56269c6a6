import type { RoutedModel } from '../../src/catalog/model.js'
import type { ArrivalRate } from '../../src/load/arrival-rate.js'
import type { ServiceTime } from '../../src/load/service-time.js'
import type { TokenScale } from '../../src/load/token-scale.js'
import type { BidOptions, QueueOptions, RouterOptions } from '../../src/routing/options.js'
import type { Priority } from '../../src/routing/priority.js'
import type { RouteRequest } from '../../src/routing/submission.js'
import type { NaiveHealth } from './naive-health.js'

/** All of them, so that the naive router has no defaults of its own. */
export type NaiveOptions = Required<Omit<RouterOptions, 'bid' | 'queue' | 'exploreShare'>> & {
  readonly bid: Required<BidOptions>
  readonly queue: Required<QueueOptions>
}

export interface NaiveModel extends RoutedModel {
  isThere: boolean
  isQueueClosed: boolean
  external: number
  externalQueue: number
  reportedMs: number | undefined
  reportedLatencyMs: number | undefined
  lastAcquire: number
  /** Points that a second of one slot is worth to others. */
  slotPrice: number
  readonly health: NaiveHealth
  readonly service: ServiceTime
  readonly inputTokens: TokenScale
  readonly arrivals: ArrivalRate
}

/** A request with all that was open in it settled when it came. */
export interface NaiveRequest {
  readonly request: RouteRequest
  readonly priority: Priority
  readonly rank: number
  readonly tenant: string
  readonly owner: string
  readonly inputTokens: number
  readonly outputTokens: number
}

/** A candidate that is known. */
export interface NaivePair {
  readonly model: NaiveModel
  readonly score: number
}

export interface NaiveLease {
  readonly id: number
  readonly modelId: string
  readonly asked: NaiveRequest
  readonly acquiredMs: number
  readonly period: number
  /** The count of its tenant that it was charged to. */
  readonly charged: NaiveCount | undefined
}

export interface NaiveTicket {
  readonly id: number
  readonly asked: NaiveRequest
  homeModelId: string
  readonly enqueuedMs: number
  /** Milliseconds from then on. */
  readonly waitMs: number
  readonly expiresMs: number
  isUrgent: boolean
}

/** What a tenant was served, in weighted tokens. */
export interface NaiveCount {
  readonly priority: Priority
  readonly tenant: string
  tokens: number
}
