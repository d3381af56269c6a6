import type { RoutedModel } from '../catalog/model.js'
import { LoadstarError } from '../error.js'
import { type HealthOptions, resolveHealth } from '../health/options.js'
import { type RandomSource, seededRandom } from '../random.js'
import { checkModel, checkMs, checkReport } from './check.js'
import type { LoadReport, ModelLoad } from './load.js'
import { type Floors, TrackedModel, type TrackingRules } from './tracked.js'

/** Milliseconds without a report after which a model that used to report counts as unknown. */
export const DEFAULT_STALE_AFTER_MS = 60_000

/** Of requests that do not say how urgent they are: `default`. */
const USUAL_RANK = 2

/** Of the seed's streams, the one that jitters back-offs. */
const JITTER_STREAM = 1

export interface TrackerOptions {
  /** Milliseconds ≥ 0, default 60,000. */
  readonly staleAfterMs?: number
  /** Only a `Router` judges its models: a tracker alone reads every one as well. */
  readonly health?: HealthOptions
  /** Integer, default 0: what the jitter of back-offs is drawn from. */
  readonly seed?: number
  /** Of a `Router`: what it keeps for each priority. */
  readonly floors?: Floors
}

/**
 * Who carries what: requests in flight, latency and staleness of each model.
 *
 * It counts and never refuses: holding a model within its limit is the `Router`'s part. Usable alone where something
 * else decides. Each call is O(1) but `loads`, which is O(models).
 */
export class LoadTracker {
  readonly #models = new Map<string, TrackedModel>()
  readonly #rules: TrackingRules
  readonly #random: RandomSource
  #serials = 0
  #acquires = 0

  /** @throws {LoadstarError} `OPTION_INVALID` naming the option outside its range. */
  constructor(options: TrackerOptions = {}) {
    const { staleAfterMs = DEFAULT_STALE_AFTER_MS } = options
    checkMs(staleAfterMs, 'stale_after_ms')
    this.#rules = { staleAfterMs, health: resolveHealth(options.health), floors: options.floors }
    this.#random = seededRandom(options.seed ?? 0, JITTER_STREAM)
  }

  /**
   * Adds a model or changes its limits; requests in flight are kept, also those of a model that was removed and
   * has not drained.
   *
   * @throws {LoadstarError} `ID_INVALID` for an empty id, `CAPACITY_INVALID` for a limit outside its range.
   */
  setModel(model: RoutedModel, field = 'model'): void {
    checkModel(model, field)
    this.#ensure(model.id).set(model)
  }

  /** @returns whether it was there. Its requests in flight go on and can still be released. */
  removeModel(modelId: string): boolean {
    const model = this.find(modelId)
    if (model === undefined) return false
    model.remove()
    this.#forgetDrained(model)
    return true
  }

  /** @throws {LoadstarError} `UNKNOWN_MODEL`. */
  acquire(modelId: string, nowMs: number): void {
    checkMs(nowMs, 'now_ms')
    const model = this.find(modelId)
    if (model === undefined) throw unknownModel(modelId)
    this.take(model, USUAL_RANK, nowMs)
  }

  /** `acquire` for a caller that has found the model and checked the time. */
  take(model: TrackedModel, rank: number, nowMs: number): void {
    model.acquire(++this.#acquires, rank, nowMs)
  }

  /**
   * @param serviceMs - milliseconds the request took, when it completed; feeds the latency average.
   * @returns false, changing nothing, when none was in flight: the count never goes below zero.
   * @throws {LoadstarError} `UNKNOWN_MODEL` for a model never seen, or removed and drained.
   */
  release(modelId: string, nowMs: number, serviceMs?: number): boolean {
    checkMs(nowMs, 'now_ms')
    if (serviceMs !== undefined) checkMs(serviceMs, 'service_ms')
    const model = this.#models.get(modelId)
    if (model === undefined) throw unknownModel(modelId)
    return this.giveBack(model, USUAL_RANK, nowMs, serviceMs)
  }

  /** `release` for a caller that has found the model and checked the numbers. */
  giveBack(
    model: TrackedModel,
    rank: number,
    nowMs: number,
    serviceMs?: number,
    outputTokens?: number,
  ): boolean {
    if (!model.release(rank, nowMs)) return false
    if (serviceMs !== undefined) model.observeLatency(serviceMs, outputTokens)
    this.#forgetDrained(model)
    return true
  }

  /**
   * Takes over the load seen at the model: what exceeds our own in-flight at this moment belongs to others, and
   * counts until the next report.
   *
   * @returns false, changing nothing, for a model that is not there (any more).
   * @throws {LoadstarError} `CAPACITY_INVALID` or `OPTION_INVALID` for a number outside its range.
   */
  reportLoad(modelId: string, report: LoadReport, nowMs: number): boolean {
    checkMs(nowMs, 'now_ms')
    checkReport(report)
    const model = this.find(modelId)
    model?.report(report, nowMs)
    return model !== undefined
  }

  /** The live record, `undefined` for a model that is not there (any more). */
  find(modelId: string): TrackedModel | undefined {
    const model = this.#models.get(modelId)
    return model === undefined || model.isRemoved ? undefined : model
  }

  /** @returns `undefined` for a model that is not there (any more). */
  load(modelId: string, nowMs: number): ModelLoad | undefined {
    return this.find(modelId)?.snapshot(nowMs)
  }

  /** Every live record in the order models were added. */
  *models(): Generator<TrackedModel> {
    for (const model of this.#models.values()) if (!model.isRemoved) yield model
  }

  /** Every model in the order it was added; removed ones are left out. */
  loads(nowMs: number): readonly ModelLoad[] {
    const loads: ModelLoad[] = []
    for (const model of this.#models.values()) if (!model.isRemoved) loads.push(model.snapshot(nowMs))
    return loads
  }

  #ensure(modelId: string): TrackedModel {
    const known = this.#models.get(modelId)
    if (known !== undefined) return known
    const serial = ++this.#serials
    const model = new TrackedModel(modelId, serial, this.#rules, this.#random)
    this.#models.set(modelId, model)
    return model
  }

  #forgetDrained(model: TrackedModel): void {
    if (model.isRemoved && model.inFlight === 0) this.#models.delete(model.id)
  }
}

function unknownModel(modelId: string): LoadstarError {
  return new LoadstarError('UNKNOWN_MODEL', 'model_id', 'must name a model', modelId)
}
