import type { TrackedModel } from '../load/tracked.js'

/**
 * The models whose health keeps requests from them or will change with time: usually none, so that watching costs a
 * healthy fleet nothing. Each call is O(models watched).
 */
export class HealthWatch {
  readonly #watched = new Set<TrackedModel>()

  get size(): number {
    return this.#watched.size
  }

  /** To be called after whatever may change a model's health. */
  note(model: TrackedModel): void {
    const { isShut, nextChangeMs } = model.health
    if (!model.isRemoved && (isShut || nextChangeMs < Infinity)) this.#watched.add(model)
  }

  forget(model: TrackedModel): void {
    this.#watched.delete(model)
  }

  /** When `turn` has something to do; `Infinity` when nothing is pending. */
  nextChangeMs(): number {
    let nextMs = Infinity
    for (const { health } of this.#watched) nextMs = Math.min(nextMs, health.nextChangeMs)
    return nextMs
  }

  /** Lets what was due take effect. */
  turn(nowMs: number): void {
    for (const { health } of this.#watched) health.turn(nowMs)
  }

  /** The models that may have a slot they had not when this was asked last. */
  stirred(): readonly TrackedModel[] {
    if (this.#watched.size === 0) return NONE
    const models = [...this.#watched]
    for (const model of models) {
      if (!model.health.isShut && model.health.nextChangeMs === Infinity) this.#watched.delete(model)
    }
    return models
  }
}

const NONE: readonly TrackedModel[] = Object.freeze([])
