/** Milliseconds after which an arrival counts 1/e: a few service times of usual models. */
const MEMORY_MS = 20_000

/** How often something came of late: each arrival fades exponentially. O(1). */
export class ArrivalRate {
  #weight = 0
  #atMs = 0

  note(nowMs: number): void {
    this.#weight = this.#weightAt(nowMs) + 1
    this.#atMs = nowMs
  }

  /** Arrivals per millisecond. */
  perMs(nowMs: number): number {
    return this.#weightAt(nowMs) / MEMORY_MS
  }

  #weightAt(nowMs: number): number {
    return this.#weight === 0 ? 0 : this.#weight * Math.exp((this.#atMs - nowMs) / MEMORY_MS)
  }
}
