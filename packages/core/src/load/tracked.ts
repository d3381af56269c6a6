import type { Capacity } from '../catalog/model.js'
import { ModelHealth } from '../health/model-health.js'
import type { HealthRules } from '../health/options.js'
import type { RandomSource } from '../random.js'
import { TARGET_TOLERANCE } from '../scoring/load-factor.js'
import type { LoadReport, ModelLoad } from './load.js'

/** Weight of the newest sample in a moving average: about the last twenty requests count. */
const NEWEST_WEIGHT = 0.1
const NEVER = -1

/**
 * The live record of one model, owned by one `LoadTracker`. Fields are plain so that a decision over hundreds of
 * models reads them without allocating; only the tracker and the wait queue of the same router write them.
 */
export class TrackedModel {
  readonly id: string
  /** Never used twice within a tracker. */
  readonly serial: number
  maxConcurrent = 0
  maxQueue = 0
  targetUtilization = 1
  /** The most requests at which utilization is not above target. */
  targetSlots = 0
  inFlight = 0
  /** Tickets of the wait queue that count here. */
  queued = 0
  /** Requests of others at the model, by its last report. */
  external = 0
  externalQueue = 0
  /** Requests it may be given now; negative after a live cut. What its health allows is part of it. */
  freeSlots = 0
  isRemoved = false
  /** Order number of its latest acquire among all models; exact ties go to the lowest. */
  lastAcquire = 0
  /** Order number of the latest decision that took it as a candidate. */
  lastDecision = 0
  readonly health: ModelHealth
  readonly #staleAfterMs: number
  #reportedMs = NEVER
  #updatedMs = NEVER
  #latencyMs = NEVER
  #reportedLatencyMs = NEVER
  #firstTokenMs = NEVER

  constructor(id: string, serial: number, staleAfterMs: number, rules: HealthRules, random: RandomSource) {
    this.id = id
    this.serial = serial
    this.health = new ModelHealth(rules, random, () => this.#recount())
    this.#staleAfterMs = staleAfterMs
  }

  /** `freeSlots` when breakers are ignored. */
  get freeSlotsInPanic(): number {
    return Math.min(this.health.slots - this.inFlight - this.external, this.health.startsInPanic)
  }

  /** Milliseconds, or `undefined` when neither measured nor reported. */
  get latencyMs(): number | undefined {
    if (this.#latencyMs !== NEVER) return this.#latencyMs
    return this.#reportedLatencyMs === NEVER ? undefined : this.#reportedLatencyMs
  }

  isStale(nowMs: number): boolean {
    return this.#reportedMs !== NEVER && nowMs - this.#reportedMs > this.#staleAfterMs
  }

  /** See `ModelLoad.utilization`. */
  utilization(nowMs: number): number | null {
    if (this.isStale(nowMs)) return null
    return this.maxConcurrent === 0 ? 0 : (this.inFlight + this.external) / this.maxConcurrent
  }

  setCapacity(capacity: Capacity): void {
    this.maxConcurrent = capacity.maxConcurrent
    this.maxQueue = capacity.maxQueue
    this.targetUtilization = capacity.targetUtilization
    this.targetSlots = slotsWithin(capacity)
    this.health.setCap(capacity.maxConcurrent)
    this.isRemoved = false
  }

  /** Takes no more requests; leases that run go on. */
  remove(): void {
    this.maxConcurrent = 0
    this.maxQueue = 0
    this.targetSlots = 0
    this.health.setCap(0)
    this.isRemoved = true
  }

  acquire(order: number, nowMs: number): void {
    this.inFlight++
    this.#recount()
    this.lastAcquire = order
    this.#updatedMs = nowMs
  }

  /** @returns whether there was anything to release; the count never goes below zero. */
  release(nowMs: number): boolean {
    if (this.inFlight === 0) return false
    this.inFlight--
    this.#recount()
    this.#updatedMs = nowMs
    return true
  }

  observeLatency(serviceMs: number): void {
    this.#latencyMs = blend(this.#latencyMs, serviceMs)
  }

  observeFirstToken(firstTokenMs: number): void {
    this.#firstTokenMs = blend(this.#firstTokenMs, firstTokenMs)
  }

  report(report: LoadReport, nowMs: number): void {
    this.external = Math.max(0, report.activeRequests - this.inFlight)
    this.#recount()
    this.externalQueue = report.queueDepth ?? 0
    if (report.avgLatencyMs !== undefined) this.#reportedLatencyMs = report.avgLatencyMs
    this.#reportedMs = nowMs
    this.#updatedMs = nowMs
  }

  snapshot(nowMs: number): ModelLoad {
    const activeRequests = this.inFlight + this.external
    const isStale = this.isStale(nowMs)
    return {
      modelId: this.id,
      activeRequests,
      inFlight: this.inFlight,
      queueDepth: this.queued + this.externalQueue,
      avgLatencyMs: this.latencyMs ?? null,
      avgFirstTokenMs: this.#firstTokenMs === NEVER ? null : this.#firstTokenMs,
      utilization: this.utilization(nowMs),
      lastUpdatedMs: this.#updatedMs === NEVER ? null : this.#updatedMs,
      maxConcurrent: this.maxConcurrent,
      maxQueue: this.maxQueue,
      targetUtilization: this.targetUtilization,
      isOverloaded: activeRequests >= this.maxConcurrent,
      isOverTarget: isStale || activeRequests > this.targetSlots,
      isStale,
      ...this.health.view(this.latencyMs ?? 0, nowMs),
    }
  }

  /** A sum kept, not computed, because decisions read it of every candidate. */
  #recount(): void {
    this.freeSlots = Math.min(this.health.slots - this.inFlight - this.external, this.health.starts)
  }
}

function slotsWithin({ maxConcurrent, targetUtilization }: Capacity): number {
  return Math.min(maxConcurrent, Math.floor((targetUtilization + TARGET_TOLERANCE) * maxConcurrent))
}

function blend(average: number, sample: number): number {
  return average === NEVER ? sample : average + NEWEST_WEIGHT * (sample - average)
}
