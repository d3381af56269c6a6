/** Numbers given out and taken back; the one freed last is given out first, so that storage stays dense. */
export class Slots {
  readonly #free: number[] = []
  readonly #isTaken: boolean[] = []

  /** How many numbers have ever been in use at once: all are below this. */
  get size(): number {
    return this.#isTaken.length
  }

  has(slot: number): boolean {
    return this.#isTaken[slot] === true
  }

  take(): number {
    const slot = this.#free.pop() ?? this.#isTaken.length
    this.#isTaken[slot] = true
    return slot
  }

  release(slot: number): void {
    this.#isTaken[slot] = false
    this.#free.push(slot)
  }
}
