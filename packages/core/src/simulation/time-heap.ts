/**
 * Things that are due, earliest first, at equal times in the order they were put in. `push` and `pop` are O(log size)
 * and allocate nothing but the room the arrays grow by.
 */
export class TimeHeap<T> {
  readonly #times: number[] = []
  readonly #orders: number[] = []
  readonly #values: T[] = []
  #pushed = 0

  get size(): number {
    return this.#times.length
  }

  /** `Infinity` when empty. */
  firstMs(): number {
    return this.#times.length === 0 ? Infinity : (this.#times[0] as number)
  }

  push(atMs: number, value: T): void {
    let index = this.#times.length
    const order = this.#pushed++
    while (index > 0) {
      const parent = (index - 1) >> 1
      if ((this.#times[parent] as number) <= atMs) break
      this.#move(parent, index)
      index = parent
    }
    this.#put(index, atMs, order, value)
  }

  /** Takes the earliest out; `undefined` when empty. */
  pop(): T | undefined {
    const first = this.#values[0]
    const last = this.#times.length - 1
    if (last < 0) return undefined
    const atMs = this.#times.pop() as number
    const order = this.#orders.pop() as number
    const value = this.#values.pop() as T
    if (last > 0) this.#sink(atMs, order, value, last)
    return first
  }

  #sink(atMs: number, order: number, value: T, size: number): void {
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= size) break
      if (child + 1 < size && this.#isEarlier(child + 1, this.#times[child], this.#orders[child])) child++
      if (!this.#isEarlier(child, atMs, order)) break
      this.#move(child, index)
      index = child
    }
    this.#put(index, atMs, order, value)
  }

  #isEarlier(index: number, thanMs: number | undefined, thanOrder: number | undefined): boolean {
    const atMs = this.#times[index] as number
    if (atMs !== thanMs) return atMs < (thanMs as number)
    return (this.#orders[index] as number) < (thanOrder as number)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from] as number, this.#orders[from] as number, this.#values[from] as T)
  }

  #put(index: number, atMs: number, order: number, value: T): void {
    this.#times[index] = atMs
    this.#orders[index] = order
    this.#values[index] = value
  }
}
