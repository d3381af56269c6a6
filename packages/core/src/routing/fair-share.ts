/** What a tenant has been served while it had to share, in weighted tokens. */
export interface Share {
  tokens: number
  /** Its requests of this priority that wait. */
  waiting: number
}

/**
 * Who has been served how much, among the tenants of one priority, while anybody waits: whoever has had least is
 * next. A tenant that begins to wait is lifted to the least that another one who waits has had, so that nothing is
 * saved up by being idle. When nobody waits all is forgotten: what is free for all costs nobody.
 *
 * The Virtual Token Counter of Sheng et al., "Fairness in Serving Large Language Models", OSDI 2024: between two
 * tenants that both wait, the difference in service stays within a bound, and no slot idles for it.
 */
export class FairShares {
  readonly #shares = new Map<string, Share>()
  #waiting = 0

  /** A request of the tenant begins to wait. O(tenants) when it is its only one. */
  joined(tenant: string): Share {
    const share = this.#ensure(tenant)
    if (share.waiting === 0) share.tokens = Math.max(share.tokens, this.#least())
    share.waiting++
    this.#waiting++
    return share
  }

  /** One that waited does no longer. */
  left(share: Share): void {
    share.waiting--
    this.#waiting--
    if (this.#waiting === 0) this.#shares.clear()
  }

  /** The count a request of the tenant is charged to; `undefined` while it need not share. */
  of(tenant: string): Share | undefined {
    return this.#waiting === 0 ? undefined : this.#shares.get(tenant)
  }

  /** How many of the tenant's requests wait. */
  waitingOf(tenant: string): number {
    return this.#shares.get(tenant)?.waiting ?? 0
  }

  /** The least that a tenant which waits has had; 0 while at most one waits. O(tenants). */
  get least(): number {
    return this.#shares.size <= 1 ? 0 : this.#least()
  }

  #ensure(tenant: string): Share {
    let share = this.#shares.get(tenant)
    if (share === undefined) {
      share = { tokens: 0, waiting: 0 }
      this.#shares.set(tenant, share)
    }
    return share
  }

  #least(): number {
    let least = Infinity
    for (const { tokens, waiting } of this.#shares.values()) {
      if (waiting > 0 && tokens < least) least = tokens
    }
    return least === Infinity ? 0 : least
  }
}
