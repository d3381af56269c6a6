/** The clock the router is told, which may jump while the world's own time runs on. */
export class RouterClock {
  #aheadMs = 0

  /** Milliseconds ≥ 0. */
  read(virtualMs: number): number {
    return Math.max(0, virtualMs + this.#aheadMs)
  }

  /** The virtual time at which it will show so much. */
  virtualMs(routerMs: number): number {
    return routerMs - this.#aheadMs
  }

  jump(byMs: number): void {
    this.#aheadMs += byMs
  }
}
