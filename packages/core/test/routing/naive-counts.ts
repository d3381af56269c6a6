import type { NaiveCount, NaiveRequest, NaiveTicket } from './naive-records.js'

/** How much each tenant was served of late, at each priority at which somebody waits. */
export class NaiveCounts {
  private counts: NaiveCount[] = []

  constructor(private readonly outputWeight: number) {}

  of({ priority, tenant }: NaiveRequest): NaiveCount | undefined {
    return this.counts.find((count) => count.priority === priority && count.tenant === tenant)
  }

  /** Somebody begins to wait, besides those who do already. */
  join(asked: NaiveRequest, waiting: readonly NaiveTicket[]): void {
    const others = waiting.filter((ticket) => ticket.asked.priority === asked.priority)
    if (others.some((ticket) => ticket.asked.tenant === asked.tenant)) return
    const theirs = others.map((ticket) => this.of(ticket.asked)?.tokens ?? 0)
    const least = theirs.length === 0 ? 0 : Math.min(...theirs)
    const { priority, tenant } = asked
    const known = this.of(asked)
    if (known === undefined) this.counts.push({ priority, tenant, tokens: Math.max(0, least) })
    else known.tokens = Math.max(known.tokens, least)
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
    if (count !== undefined) count.tokens += asked.inputTokens + this.outputWeight * asked.outputTokens
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
    if (outputTokens !== undefined) charged.tokens += this.outputWeight * (outputTokens - asked.outputTokens)
  }
}
