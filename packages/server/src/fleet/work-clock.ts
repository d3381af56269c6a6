interface Milestone {
  readonly due: number
  readonly order: number
  readonly run: () => void
  isCancelled: boolean
}

/**
 * A clock that counts work instead of time: it advances by `rate` milliseconds of work per millisecond.
 *
 * Every request of a server shares the server's slow-down, so one such clock per server, slowed as concurrency
 * grows, slows the requests already under way as well as the new ones: a request that arrived alone pays for those
 * who came after it. One timer serves all milestones, however many there are. Generalised processor sharing and its
 * virtual time: Parekh and Gallager, 1993, doi:10.1109/90.234856.
 */
export class WorkClock {
  readonly #heap: Milestone[] = []
  #rate = 1
  #work = 0
  #settledMs = performance.now()
  #order = 0
  #timer: NodeJS.Timeout | undefined
  #isFiring = false

  /** @param rate - milliseconds of work done per millisecond, > 0; holds from this moment on. */
  setRate(rate: number): void {
    if (rate === this.#rate) return
    this.#settle()
    this.#rate = rate
    this.#arm()
  }

  /**
   * Runs `run` once `workMs` of work have been done from this moment; ties in order of asking.
   *
   * @returns cancels it; harmless once it ran.
   */
  after(workMs: number, run: () => void): () => void {
    this.#settle()
    const milestone: Milestone = { due: this.#work + workMs, order: this.#order++, run, isCancelled: false }
    push(this.#heap, milestone)
    if (this.#heap[0] === milestone) this.#arm()
    return () => {
      milestone.isCancelled = true
    }
  }

  /** Forgets every milestone and ends the timer. */
  stop(): void {
    this.#heap.length = 0
    clearTimeout(this.#timer)
  }

  #settle(): void {
    const nowMs = performance.now()
    this.#work += (nowMs - this.#settledMs) * this.#rate
    this.#settledMs = nowMs
  }

  #arm(): void {
    // Milestones that run change rate and heap many times over; one arming at the end is enough.
    if (this.#isFiring) return
    clearTimeout(this.#timer)
    const next = this.#heap[0]
    if (next === undefined) return
    const leftMs = Math.max(0, (next.due - this.#work) / this.#rate)
    this.#timer = setTimeout(() => this.#fire(), Math.ceil(leftMs))
  }

  #fire(): void {
    this.#settle()
    this.#isFiring = true
    for (let next = this.#heap[0]; next !== undefined; next = this.#heap[0]) {
      if (!next.isCancelled && next.due > this.#work) break
      pop(this.#heap)
      if (!next.isCancelled) next.run()
    }
    this.#isFiring = false
    this.#arm()
  }
}

function isBefore(a: Milestone, b: Milestone): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order)
}

function push(heap: Milestone[], added: Milestone): void {
  let hole = heap.length
  heap.push(added)
  while (hole > 0) {
    const above = (hole - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || !isBefore(added, parent)) break
    heap[hole] = parent
    hole = above
  }
  heap[hole] = added
}

function pop(heap: Milestone[]): void {
  const moved = heap.pop()
  if (moved === undefined || heap.length === 0) return
  let hole = 0
  for (;;) {
    const left = 2 * hole + 1
    const right = heap[left + 1]
    let child = heap[left]
    if (child === undefined) break
    const isRight = right !== undefined && isBefore(right, child)
    if (isRight) child = right
    if (!isBefore(child, moved)) break
    heap[hole] = child
    hole = isRight ? left + 1 : left
  }
  heap[hole] = moved
}
