/** Slices of a window. */
const SLICES = 10
/** Numbers of a slice. */
const REQUESTS = 0
const SUCCESSES = 1
const LATENCY_MS = 2
const EXPECTED_MS = 3
const WIDTH = 4
const CELL = SLICES * WIDTH
const FIRST_CELLS = 16
/** No slice has this number. */
const NEVER = -1

/** What a cell holds of its window, the older the slice the less it counts. */
export interface Sums {
  requests: number
  successes: number
  latencyMs: number
  /** What the successes were expected to take. */
  expectedMs: number
}

/**
 * Sliding sums in flat memory, a cell for each model and each pair: 400 bytes a cell. A slice is forgotten whole when the
 * window has left it; until then its weight falls by a tenth with every slice that follows.
 */
export class PerformanceCells {
  readonly #sliceMs: number
  #numbers = new Float64Array(FIRST_CELLS * SLICES).fill(NEVER)
  #sums = new Float64Array(FIRST_CELLS * CELL)
  #made = 0
  readonly #free: number[] = []

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES
  }

  /** An empty cell. */
  take(): number {
    const free = this.#free.pop()
    if (free !== undefined) return free
    if ((this.#made + 1) * CELL > this.#sums.length) this.#grow()
    return this.#made++
  }

  giveBack(cell: number): void {
    this.#numbers.fill(NEVER, cell * SLICES, (cell + 1) * SLICES)
    this.#free.push(cell)
  }

  failed(cell: number, nowMs: number): void {
    const at = this.#sliceAt(cell, nowMs)
    this.#sums[at + REQUESTS] = (this.#sums[at + REQUESTS] as number) + 1
  }

  answered(cell: number, latencyMs: number, expectedMs: number, nowMs: number): void {
    const at = this.#sliceAt(cell, nowMs)
    const sums = this.#sums
    sums[at + REQUESTS] = (sums[at + REQUESTS] as number) + 1
    sums[at + SUCCESSES] = (sums[at + SUCCESSES] as number) + 1
    sums[at + LATENCY_MS] = (sums[at + LATENCY_MS] as number) + latencyMs
    sums[at + EXPECTED_MS] = (sums[at + EXPECTED_MS] as number) + expectedMs
  }

  read(cell: number, nowMs: number): Sums {
    const newest = this.#sliceNumber(nowMs)
    const sums: Sums = { requests: 0, successes: 0, latencyMs: 0, expectedMs: 0 }
    for (let slice = 0; slice < SLICES; slice++) {
      const number = this.#numbers[cell * SLICES + slice] as number
      const age = newest - number
      if (number === NEVER || age >= SLICES) continue
      // A clock that went back does not make a slice count more than the newest.
      const weight = Math.min(1, (SLICES - age) / SLICES)
      const at = cell * CELL + slice * WIDTH
      sums.requests += weight * (this.#sums[at + REQUESTS] as number)
      sums.successes += weight * (this.#sums[at + SUCCESSES] as number)
      sums.latencyMs += weight * (this.#sums[at + LATENCY_MS] as number)
      sums.expectedMs += weight * (this.#sums[at + EXPECTED_MS] as number)
    }
    return sums
  }

  /** Where the sums of this moment are; emptied where the slice was one of long ago. */
  #sliceAt(cell: number, nowMs: number): number {
    const number = this.#sliceNumber(nowMs)
    const slice = number % SLICES
    const at = cell * CELL + slice * WIDTH
    if (this.#numbers[cell * SLICES + slice] !== number) {
      this.#numbers[cell * SLICES + slice] = number
      this.#sums.fill(0, at, at + WIDTH)
    }
    return at
  }

  #sliceNumber(nowMs: number): number {
    return Math.floor(nowMs / this.#sliceMs)
  }

  #grow(): void {
    const numbers = new Float64Array(2 * this.#numbers.length).fill(NEVER)
    numbers.set(this.#numbers)
    const sums = new Float64Array(2 * this.#sums.length)
    sums.set(this.#sums)
    this.#numbers = numbers
    this.#sums = sums
  }
}
