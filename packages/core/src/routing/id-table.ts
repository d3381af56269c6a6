/** Slots at the beginning; a power of two, as always. */
const FEWEST_SLOTS = 64

/**
 * What runs or waits, by its id: integers ≥ 1 that are given in rising order and soon come to their end.
 *
 * Open addressing with linear probing, and deletion by shifting back, so that it keeps one array whatever comes and goes.
 * A `Map` with steady traffic makes a new table every few deletes; once an old one has aged in the heap it keeps every
 * later one alive until the next full collection, and with them requests that ended long ago.
 */
export class IdTable<T> {
  #ids = new Float64Array(FEWEST_SLOTS)
  #values = new Array<T | undefined>(FEWEST_SLOTS).fill(undefined)
  #size = 0

  get size(): number {
    return this.#size
  }

  get(id: number): T | undefined {
    return this.#values[this.#find(id)]
  }

  /** @param id - not in the table. */
  add(id: number, value: T): void {
    if (this.#size * 2 >= this.#ids.length) this.#grow()
    const at = this.#find(id)
    this.#ids[at] = id
    this.#values[at] = value
    this.#size++
  }

  /** Nothing happens when it is not there. */
  delete(id: number): void {
    const mask = this.#ids.length - 1
    let hole = this.#find(id)
    if (this.#ids[hole] === 0) return
    this.#size--
    for (let at = (hole + 1) & mask; this.#ids[at] !== 0; at = (at + 1) & mask) {
      const home = (this.#ids[at] as number) & mask
      // It may fill the hole only if it is not then found before its home.
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      this.#ids[hole] = this.#ids[at] as number
      this.#values[hole] = this.#values[at]
      hole = at
    }
    this.#ids[hole] = 0
    this.#values[hole] = undefined
  }

  /** By rising id. O(slots + n log n). */
  values(): readonly T[] {
    const held = [...this.#ids.keys()].filter((at) => this.#ids[at] !== 0)
    held.sort((a, b) => (this.#ids[a] as number) - (this.#ids[b] as number))
    return held.map((at) => this.#values[at] as T)
  }

  /** The slot of the id, or the free one where it would be. */
  #find(id: number): number {
    const mask = this.#ids.length - 1
    let at = id & mask
    while (this.#ids[at] !== 0 && this.#ids[at] !== id) at = (at + 1) & mask
    return at
  }

  #grow(): void {
    const [ids, values] = [this.#ids, this.#values]
    this.#ids = new Float64Array(ids.length * 2)
    this.#values = new Array<T | undefined>(ids.length * 2).fill(undefined)
    ids.forEach((id, from) => {
      if (id === 0) return
      const at = this.#find(id)
      this.#ids[at] = id
      this.#values[at] = values[from]
    })
  }
}
