const SLICES = 10

/**
 * How many of two kinds of event the last while saw, in bounded memory: ten slices of the window, the oldest forgotten
 * whole, so an event counts for between nine tenths of the window and all of it. Every call is O(1).
 *
 * `nowMs` is milliseconds ≥ 0; where it goes backwards the latest time seen counts.
 */
export class RecentCounts {
  readonly #sliceMs: number
  readonly #good: number[] = new Array<number>(SLICES).fill(0)
  readonly #bad: number[] = new Array<number>(SLICES).fill(0)
  #newest = 0
  #goods = 0
  #bads = 0

  /** @param windowMs - milliseconds > 0. */
  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES
  }

  addGood(nowMs: number): void {
    const slice = this.#advance(nowMs)
    this.#good[slice] = (this.#good[slice] as number) + 1
    this.#goods++
  }

  addBad(nowMs: number): void {
    const slice = this.#advance(nowMs)
    this.#bad[slice] = (this.#bad[slice] as number) + 1
    this.#bads++
  }

  good(nowMs: number): number {
    this.#advance(nowMs)
    return this.#goods
  }

  bad(nowMs: number): number {
    this.#advance(nowMs)
    return this.#bads
  }

  forget(): void {
    for (let slice = 0; slice < SLICES; slice++) this.#clear(slice)
  }

  #advance(nowMs: number): number {
    const number = Math.floor(nowMs / this.#sliceMs)
    const passed = Math.min(SLICES, number - this.#newest)
    for (let i = 0; i < passed; i++) this.#clear((number - i) % SLICES)
    if (number > this.#newest) this.#newest = number
    return this.#newest % SLICES
  }

  #clear(slice: number): void {
    this.#goods -= this.#good[slice] as number
    this.#bads -= this.#bad[slice] as number
    this.#good[slice] = 0
    this.#bad[slice] = 0
  }
}
