import type { Waiting } from './line.js'

/**
 * Requests that wait, by the time their wait is over; equal times in order of arrival. A binary heap that knows each
 * one's place, so that leaving early is O(log n) and leaves nothing behind.
 */
export class ExpiryHeap {
  readonly #heap: Waiting[] = []

  /** The one whose wait is over first. */
  first(): Waiting | undefined {
    return this.#heap[0]
  }

  push(waiting: Waiting): void {
    this.#heap.push(waiting)
    this.#rise(waiting, this.#heap.length - 1)
  }

  remove(waiting: Waiting): void {
    const last = this.#heap.pop()
    if (last === undefined || last === waiting) return
    const index = waiting.expiryIndex
    const parent = this.#heap[(index - 1) >> 1]
    if (index > 0 && parent !== undefined && isSooner(last, parent)) this.#rise(last, index)
    else this.#sink(last, index)
  }

  #rise(waiting: Waiting, from: number): void {
    let index = from
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = this.#heap[above]
      if (parent === undefined || !isSooner(waiting, parent)) break
      this.#place(parent, index)
      index = above
    }
    this.#place(waiting, index)
  }

  #sink(waiting: Waiting, from: number): void {
    let index = from
    for (;;) {
      const left = this.#heap[2 * index + 1]
      const right = this.#heap[2 * index + 2]
      const child = left !== undefined && right !== undefined && isSooner(right, left) ? right : left
      if (child === undefined || !isSooner(child, waiting)) break
      const below = child.expiryIndex
      this.#place(child, index)
      index = below
    }
    this.#place(waiting, index)
  }

  #place(waiting: Waiting, index: number): void {
    this.#heap[index] = waiting
    waiting.expiryIndex = index
  }
}

function isSooner(a: Waiting, b: Waiting): boolean {
  const ahead = a.ticket.expiresMs - b.ticket.expiresMs
  return ahead < 0 || (ahead === 0 && a.ticket.id < b.ticket.id)
}
