import { MEASURES, type Amounts } from './amounts.js'

const SECOND_MS = 1_000
const SECONDS = 60
const WIDTH = MEASURES.length

/** What was spent in the last sixty seconds, second by second: exact to the second, and nobody can spend twice the limit around the turn of a minute. */
export class SlidingMinute {
  readonly #spent = new Float64Array(SECONDS * WIDTH)
  readonly #sums = new Float64Array(WIDTH)
  /** The latest second that was looked at. */
  #second = 0

  /** @returns the second it is booked in, for a correction. */
  add(amounts: Amounts, nowMs: number): number {
    this.#advance(nowMs)
    this.#book(this.#second, amounts)
    return this.#second
  }

  /** Changes what was booked in a second, unless that is forgotten. */
  correct(second: number, amounts: Amounts, nowMs: number): void {
    this.#advance(nowMs)
    if (second > this.#second - SECONDS) this.#book(second, amounts)
  }

  spent(measure: number, nowMs: number): number {
    this.#advance(nowMs)
    return Math.max(0, this.#sums[measure] as number)
  }

  /** Milliseconds until so much of what is spent is forgotten; 0 for nothing. At most a minute. */
  msUntilFreed(measure: number, amount: number, nowMs: number): number {
    this.#advance(nowMs)
    let freed = 0
    if (amount <= 0) return 0
    for (let second = this.#second - SECONDS + 1; second <= this.#second; second++) {
      freed += this.#spent[placeOf(second, measure)] as number
      if (freed >= amount) return Math.max(0, (second + SECONDS) * SECOND_MS - nowMs)
    }
    return SECONDS * SECOND_MS
  }

  #book(second: number, amounts: Amounts): void {
    for (let measure = 0; measure < WIDTH; measure++) {
      const amount = amounts[measure] as number
      const place = placeOf(second, measure)
      this.#spent[place] = (this.#spent[place] as number) + amount
      this.#sums[measure] = (this.#sums[measure] as number) + amount
    }
  }

  #advance(nowMs: number): void {
    const now = Math.floor(nowMs / SECOND_MS)
    if (now <= this.#second) return
    // Whoever comes after a minute finds nothing of before.
    const from = Math.max(this.#second + 1, now - SECONDS + 1)
    for (let second = from; second <= now; second++) this.#forget(second)
    if (now - this.#second >= SECONDS) this.#sums.fill(0)
    this.#second = now
  }

  #forget(second: number): void {
    for (let measure = 0; measure < WIDTH; measure++) {
      const place = placeOf(second, measure)
      this.#sums[measure] = (this.#sums[measure] as number) - (this.#spent[place] as number)
      this.#spent[place] = 0
    }
  }
}

function placeOf(second: number, measure: number): number {
  return (second % SECONDS) * WIDTH + measure
}
