import { checkNotNegative, checkWhole, invalid } from '../health/check.js'
import { checkMs } from '../load/check.js'
import type { Performance } from '../scoring/performance.js'
import { PerformanceCells, type Sums } from './performance-cells.js'
import { UsualLatency } from './usual-latency.js'

export interface PerformanceHistoryOptions {
  /** Milliseconds after which a request is forgotten, at least one second; default five minutes. */
  readonly windowMs?: number
  /** Requests, ≥ 0, as many as which what is known of the model counts in what is said of one agent with it; default 10. */
  readonly pairWeight?: number
  /** Pairs of agent and model kept, integer ≥ 0; those not heard of for longest go first. Default 4,096: 1.6 MB. */
  readonly mostPairs?: number
}

/** One call of a model that ended by success or by the model's fault. */
export interface Observation {
  readonly modelId: string
  /** Who asked, where known. */
  readonly agentId?: string | undefined
  readonly isSuccess: boolean
  /** Milliseconds ≥ 0 of the whole answer; not read for failures. */
  readonly latencyMs: number
  readonly outputTokens?: number | undefined
}

interface KnownModel {
  readonly cell: number
  readonly usual: UsualLatency
  readonly pairs: Map<string, Pair>
}

interface Pair {
  readonly cell: number
  readonly agentId: string
  readonly model: KnownModel
  /** Heard of since the hand of the clock last came by. */
  isRecent: boolean
}

/** Windows after which what an answer says of the model's usual pace has fallen to 1/e. */
const HORIZON_WINDOWS = 12
const LEAST_WINDOW_MS = 1_000

/**
 * How models did of late, each by itself and with each agent, in bounded memory. A request counts less the older it is
 * and not at all after the window, so a model that recovered is as good as new a window later.
 *
 * `record` is O(1); `of` and `ofPair` read ten slices.
 */
export class PerformanceHistory {
  readonly #cells: PerformanceCells
  readonly #models = new Map<string, KnownModel>()
  readonly #pairWeight: number
  readonly #mostPairs: number
  readonly #horizonMs: number
  /** Every pair, in no order; a hand goes round them to find one that was not heard of (the CLOCK algorithm). */
  readonly #pairs: Pair[] = []
  #hand = 0

  /** @throws {LoadstarError} `OPTION_INVALID`. */
  constructor({ windowMs = 300_000, pairWeight = 10, mostPairs = 4_096 }: PerformanceHistoryOptions = {}) {
    if (!(windowMs >= LEAST_WINDOW_MS && windowMs < Infinity)) {
      throw invalid('window_ms', `must be a finite number of milliseconds ≥ ${LEAST_WINDOW_MS}`, windowMs)
    }
    checkNotNegative(pairWeight, 'pair_weight')
    checkWhole(mostPairs, 0, 'most_pairs')
    this.#cells = new PerformanceCells(windowMs)
    this.#pairWeight = pairWeight
    this.#mostPairs = mostPairs
    this.#horizonMs = HORIZON_WINDOWS * windowMs
  }

  /** @throws {LoadstarError} `OPTION_INVALID` for a number that is negative or not finite. */
  record({ modelId, agentId, isSuccess, latencyMs, outputTokens }: Observation, nowMs: number): void {
    checkMs(nowMs, 'now_ms')
    const model = this.#models.get(modelId) ?? this.#add(modelId)
    const pair = agentId === undefined || this.#mostPairs === 0 ? undefined : this.#pairOf(model, agentId)
    if (!isSuccess) {
      this.#cells.failed(model.cell, nowMs)
      if (pair !== undefined) this.#cells.failed(pair.cell, nowMs)
      return
    }
    checkMs(latencyMs, 'latency_ms')
    // Before it is learned from: nothing is slow compared with itself.
    const expectedMs = model.usual.expectedMs(outputTokens) ?? latencyMs
    model.usual.observe(latencyMs, outputTokens, nowMs)
    this.#cells.answered(model.cell, latencyMs, expectedMs, nowMs)
    if (pair !== undefined) this.#cells.answered(pair.cell, latencyMs, expectedMs, nowMs)
  }

  /** How a model did within the window; `undefined` where nothing is known. */
  of(modelId: string, nowMs: number): Performance | undefined {
    const model = this.#models.get(modelId)
    const sums = model && this.#cells.read(model.cell, nowMs)
    return sums === undefined || sums.requests === 0 ? undefined : performanceOf(sums)
  }

  /**
   * How it did with one agent: what is known of the pair, and what is known of the model as if it were `pairWeight` requests
   * more of it; so little evidence moves little. `requests` are the model's. The model's own where the pair is unknown.
   */
  ofPair(modelId: string, agentId: string, nowMs: number): Performance | undefined {
    const own = this.of(modelId, nowMs)
    const pair = this.#models.get(modelId)?.pairs.get(agentId)
    if (own === undefined || pair === undefined) return own
    return shrunk(this.#cells.read(pair.cell, nowMs), own, this.#pairWeight)
  }

  /** The agents known with a model. */
  agentsOf(modelId: string): Iterable<string> {
    return this.#models.get(modelId)?.pairs.keys() ?? []
  }

  modelIds(): Iterable<string> {
    return this.#models.keys()
  }

  /** A model is gone: one that comes back by its id is a new one. O(pairs). */
  forget(modelId: string): void {
    const model = this.#models.get(modelId)
    if (model === undefined) return
    this.#models.delete(modelId)
    this.#cells.giveBack(model.cell)
    for (let i = this.#pairs.length - 1; i >= 0; i--) {
      const pair = this.#pairs[i] as Pair
      if (pair.model !== model) continue
      this.#cells.giveBack(pair.cell)
      const last = this.#pairs.pop() as Pair
      if (last !== pair) this.#pairs[i] = last
    }
  }

  #add(modelId: string): KnownModel {
    const usual = new UsualLatency(this.#horizonMs)
    const model: KnownModel = { cell: this.#cells.take(), usual, pairs: new Map() }
    this.#models.set(modelId, model)
    return model
  }

  #pairOf(model: KnownModel, agentId: string): Pair {
    const known = model.pairs.get(agentId)
    if (known !== undefined) {
      known.isRecent = true
      return known
    }
    const place = this.#pairs.length < this.#mostPairs ? this.#pairs.length : this.#vacate()
    const pair: Pair = { cell: this.#cells.take(), agentId, model, isRecent: false }
    this.#pairs[place] = pair
    model.pairs.set(agentId, pair)
    return pair
  }

  /** @returns the place of a pair that was forgotten for a new one. */
  #vacate(): number {
    for (;;) {
      const place = this.#hand % this.#pairs.length
      this.#hand = place + 1
      const pair = this.#pairs[place] as Pair
      if (pair.isRecent) {
        pair.isRecent = false
        continue
      }
      pair.model.pairs.delete(pair.agentId)
      this.#cells.giveBack(pair.cell)
      return place
    }
  }
}

function performanceOf({ requests, successes, latencyMs, expectedMs }: Sums): Performance {
  return {
    requests,
    successRate: successes / requests,
    latencyMs: successes === 0 ? null : latencyMs / successes,
    slowness: successes === 0 ? null : slownessOf(latencyMs, expectedMs),
  }
}

function shrunk(pair: Sums, own: Performance, weight: number): Performance {
  const all = pair.requests + weight
  if (all === 0) return own
  const mean = (value: number, known: number | null): number | null =>
    known === null || pair.successes + weight === 0
      ? known
      : (pair.successes * value + weight * known) / (pair.successes + weight)
  const answers = Math.max(pair.successes, Number.MIN_VALUE)
  return {
    requests: own.requests,
    successRate: (pair.successes + weight * own.successRate) / all,
    latencyMs: mean(pair.latencyMs / answers, own.latencyMs),
    slowness: mean(slownessOf(pair.latencyMs, pair.expectedMs), own.slowness),
  }
}

/** Of sums, so that long answers, which take most of the time, weigh most. */
function slownessOf(latencyMs: number, expectedMs: number): number {
  return expectedMs === 0 ? 1 : latencyMs / expectedMs
}
