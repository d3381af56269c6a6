import type { RoutedModel } from '../catalog/model.js'
import { ModelHealth } from '../health/model-health.js'
import type { HealthRules } from '../health/options.js'
import type { RandomSource } from '../random.js'
import { TARGET_TOLERANCE } from '../scoring/load-factor.js'
import { ArrivalRate } from './arrival-rate.js'
import type { LoadReport, ModelLoad } from './load.js'
import { ServiceTime } from './service-time.js'
import { slotsForUse, slotsWithinTarget } from './target-slots.js'
import { TokenScale } from './token-scale.js'

/** Weight of the newest sample in a moving average: about the last twenty requests count. */
const NEWEST_WEIGHT = 0.1
const NEVER = -1

/** Share of the slots within target kept for each priority, by rank; `undefined` when none is. */
export type Floors = readonly number[] | undefined

export interface TrackingRules {
  readonly staleAfterMs: number
  readonly health: HealthRules
  readonly floors: Floors
}

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
  /** Slots within target: `targetSlots`, but one at least, or a model of a single slot could never be used. */
  capSlots = 0
  inFlight = 0
  /** Tickets of the wait queue that count here, and how many of each priority. */
  queued = 0
  readonly queuedOf: number[] = [0, 0, 0, 0]
  /** Requests of others at the model, by its last report. */
  external = 0
  externalQueue = 0
  /** Requests it may be given now; negative after a live cut. What its health allows is part of it. */
  freeSlots = 0
  /** As `freeSlots`, within target only, whatever its health allows. */
  freeWithinTarget = 0
  isRemoved = false
  /** Nobody new may wait for it. */
  isQueueClosed = false
  /** Order number of its latest acquire among all models; exact ties go to the lowest. */
  lastAcquire = 0
  /** Order number of the latest decision that took it as a candidate. */
  lastDecision = 0
  inputUsdPerMTok = 0
  outputUsdPerMTok = 0
  /** Points that a second of one of its slots is worth. */
  slotPrice = 0
  readonly service = new ServiceTime()
  readonly inputTokens = new TokenScale()
  readonly arrivals = new ArrivalRate()
  readonly health: ModelHealth
  readonly #staleAfterMs: number
  readonly #floors: Floors
  readonly #inFlightOf: number[] = [0, 0, 0, 0]
  #reportedMs = NEVER
  #updatedMs = NEVER
  #latencyMs = NEVER
  #reportedLatencyMs = NEVER
  #firstTokenMs = NEVER

  constructor(id: string, serial: number, rules: TrackingRules, random: RandomSource) {
    this.id = id
    this.serial = serial
    this.health = new ModelHealth(rules.health, random, () => this.#recount())
    this.#staleAfterMs = rules.staleAfterMs
    this.#floors = rules.floors
  }

  /** `freeSlots` when breakers are ignored. */
  get freeSlotsInPanic(): number {
    return Math.min(this.health.slots - this.inFlight - this.external, this.health.startsInPanic)
  }

  /**
   * Requests of a priority that may be started now; none when ≤ 0.
   *
   * @param isAbove - whether they may use slots above target.
   * @param inPanic - whether breakers are ignored.
   */
  freeFor(rank: number, isAbove: boolean, inPanic: boolean): number {
    const room = inPanic ? this.freeSlotsInPanic : this.freeSlots
    const free = isAbove ? room : Math.min(room, this.freeWithinTarget)
    return this.#floors === undefined || free <= 0 ? free : free - this.#keptFrom(rank, this.#floors)
  }

  /** Slots within target that others than us do not use, one at least. */
  get ownSlots(): number {
    return Math.max(1, this.capSlots - this.external)
  }

  /** Share of the slots within target that are in use, 0..1. */
  get usedShare(): number {
    return this.capSlots === 0 ? 1 : Math.min(1, (this.inFlight + this.external) / this.capSlots)
  }

  /** Mean milliseconds of a request here: measured, else reported, else `undefined`. */
  get meanMs(): number | undefined {
    return this.service.meanMs ?? (this.#reportedLatencyMs === NEVER ? undefined : this.#reportedLatencyMs)
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

  set(model: RoutedModel): void {
    this.maxConcurrent = model.maxConcurrent
    this.maxQueue = model.maxQueue
    this.targetUtilization = model.targetUtilization
    this.targetSlots = slotsWithinTarget(model)
    this.capSlots = slotsForUse(model)
    this.inputUsdPerMTok = model.price?.inputUsdPerMTok ?? 0
    this.outputUsdPerMTok = model.price?.outputUsdPerMTok ?? 0
    this.service.setPace(model.pace)
    this.isRemoved = false
    this.health.setCap(model.maxConcurrent)
  }

  /** Takes no more requests; leases that run go on. */
  remove(): void {
    this.maxConcurrent = 0
    this.maxQueue = 0
    this.targetSlots = 0
    this.capSlots = 0
    this.isRemoved = true
    this.isQueueClosed = false
    this.health.setCap(0)
  }

  acquire(order: number, rank: number, nowMs: number): void {
    this.inFlight++
    this.#inFlightOf[rank] = (this.#inFlightOf[rank] as number) + 1
    this.#recount()
    this.lastAcquire = order
    this.#updatedMs = nowMs
  }

  /** @returns whether there was anything to release; the count never goes below zero. */
  release(rank: number, nowMs: number): boolean {
    if (this.inFlight === 0) return false
    this.inFlight--
    this.#inFlightOf[rank] = Math.max(0, (this.#inFlightOf[rank] as number) - 1)
    this.#recount()
    this.#updatedMs = nowMs
    return true
  }

  observeLatency(serviceMs: number, outputTokens: number | undefined): void {
    this.#latencyMs = blend(this.#latencyMs, serviceMs)
    this.service.observe(serviceMs, outputTokens)
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
      isQueueClosed: this.isQueueClosed,
      slotPrice: this.slotPrice,
      ...this.health.view(this.latencyMs ?? 0, nowMs),
    }
  }

  /** A sum kept, not computed, because decisions read it of every candidate. */
  #recount(): void {
    const used = this.inFlight + this.external
    this.freeSlots = Math.min(this.health.slots - used, this.health.starts)
    this.freeWithinTarget = this.capSlots - used
  }

  /** Slots kept for other priorities that these have not taken. */
  #keptFrom(rank: number, floors: readonly number[]): number {
    let kept = 0
    for (let other = 0; other < floors.length; other++) {
      if (other === rank) continue
      const floor = Math.floor((floors[other] as number) * this.capSlots + TARGET_TOLERANCE)
      kept += Math.max(0, floor - (this.#inFlightOf[other] as number))
    }
    return kept
  }
}

function blend(average: number, sample: number): number {
  return average === NEVER ? sample : average + NEWEST_WEIGHT * (sample - average)
}
