import type { ModelLoad } from '../load/load.js'
import { type Flow, FlowMeter, SECONDS } from './flow.js'

type Busy = Pick<ModelLoad, 'modelId' | 'activeRequests' | 'queueDepth'>

/** What flows through each model of a fleet; O(1) per ended call or request. */
export class FleetFlow {
  readonly #meters = new Map<string, FlowMeter>()
  /** By second, for as long as a meter looks back. */
  readonly #turnedAway = new Float64Array(SECONDS)
  #newestS = -1

  /** See `FlowMeter.record`. */
  record(modelId: string, queueMs: number, serviceMs: number, nowMs: number): void {
    let meter = this.#meters.get(modelId)
    if (meter === undefined) this.#meters.set(modelId, (meter = new FlowMeter()))
    meter.record(queueMs, serviceMs, nowMs)
  }

  /** A request found no slot anywhere, and came to no model. */
  turnedAway(nowMs: number): void {
    const i = this.#advance(nowMs) % SECONDS
    this.#turnedAway[i] = (this.#turnedAway[i] as number) + 1
  }

  /** @param loads - of all models there are; others are forgotten. */
  observe(loads: readonly Busy[], nowMs: number): void {
    const there = new Set(loads.map(({ modelId }) => modelId))
    for (const modelId of this.#meters.keys()) if (!there.has(modelId)) this.#meters.delete(modelId)
    for (const { modelId, activeRequests, queueDepth } of loads) {
      this.#meters.get(modelId)?.observe(activeRequests + queueDepth, nowMs)
    }
  }

  /**
   * Who was turned away is taken to have wanted the models that are full, as often as these are used.
   *
   * @param full - ids of the models that are.
   * @returns `undefined` while too little was seen of the model.
   */
  read(modelId: string, full: ReadonlySet<string>, nowMs: number): Flow | undefined {
    const meter = this.#meters.get(modelId)
    if (meter === undefined) return undefined
    if (!full.has(modelId)) return meter.read(nowMs)
    this.#advance(nowMs)
    const turnedAway = this.#turnedAway.reduce((sum, count) => sum + count, 0)
    const callsOf = (id: string): number => this.#meters.get(id)?.read(nowMs)?.calls ?? 0
    const calls = [...full].reduce((sum, id) => sum + callsOf(id), 0)
    return meter.read(nowMs, calls === 0 ? 0 : (turnedAway * callsOf(modelId)) / calls)
  }

  #advance(nowMs: number): number {
    const second = Math.floor(nowMs / 1_000)
    for (let next = Math.max(this.#newestS + 1, second - SECONDS + 1); next <= second; next++) {
      this.#turnedAway[next % SECONDS] = 0
    }
    if (second > this.#newestS) this.#newestS = second
    return this.#newestS
  }
}
