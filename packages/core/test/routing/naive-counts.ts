import type { NaiveCount, NaiveOptions, NaiveRequest, NaiveTicket } from './naive-records.js'

/** How much each tenant was served of late, at each priority at which somebody waits. */
export class NaiveCounts {
  private counts: NaiveCount[] = []

  constructor(private readonly rules: NaiveOptions['queue']) {}

  of({ priority, tenant }: NaiveRequest): NaiveCount | undefined {
    return this.counts.find((count) => count.priority === priority && count.tenant === tenant)
  }

  /** Somebody begins to wait, besides those who do already. */
  join(asked: NaiveRequest, waiting: readonly NaiveTicket[]): void {
    const others = waiting.filter((ticket) => ticket.asked.priority === asked.priority)
    if (others.some((ticket) => ticket.asked.tenant === asked.tenant)) return
    const least = others.length === 0 ? 0 : this.least(asked, waiting)
    const { priority, tenant } = asked
    const known = this.of(asked)
    if (known === undefined) this.counts.push({ priority, tenant, tokens: Math.max(0, least) })
    else known.tokens = Math.max(known.tokens, least)
  }

  /** Whether its tenant was served so much more than one of these that others are to come before it. */
  isAhead(asked: NaiveRequest, waiting: readonly NaiveTicket[]): boolean {
    return (this.of(asked)?.tokens ?? 0) > this.least(asked, waiting) + this.rules.shareSlack
  }

  /** Somebody waits no longer; these do. */
  forget(waiting: readonly NaiveTicket[]): void {
    this.counts = this.counts.filter(({ priority }) => {
      return waiting.some((ticket) => ticket.asked.priority === priority)
    })
  }

  /** The request is given a slot. @returns what it was charged to. */
  charge(asked: NaiveRequest): NaiveCount | undefined {
    const count = this.of(asked)
    const { inputTokens, outputTokens } = asked
    // One at least, or tenants whose tokens nobody counts would never take turns.
    const tokens = Math.max(1, inputTokens + this.rules.outputWeight * outputTokens)
    if (count !== undefined) count.tokens += tokens
    return count
  }

  /** Its true size is known. */
  correct(
    charged: NaiveCount | undefined,
    asked: NaiveRequest,
    inputTokens: number | undefined,
    outputTokens: number | undefined,
  ): void {
    if (charged === undefined || !this.counts.includes(charged)) return
    if (inputTokens !== undefined) charged.tokens += inputTokens - asked.inputTokens
    if (outputTokens !== undefined)
      charged.tokens += this.rules.outputWeight * (outputTokens - asked.outputTokens)
  }

  /** Of those at the priority of the request. */
  private least({ priority }: NaiveRequest, waiting: readonly NaiveTicket[]): number {
    const theirs = waiting.filter((ticket) => ticket.asked.priority === priority)
    return Math.min(...theirs.map(({ asked }) => this.of(asked)?.tokens ?? 0))
  }
}
