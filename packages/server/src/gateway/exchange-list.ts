import type { Exchange } from './exchange.js'

/**
 * The exchanges that run, each linked to its neighbours: steady coming and going costs no memory, as it would in a `Set`
 * (see `IdTable` of the core).
 */
export class ExchangeList {
  #first: Exchange | undefined

  get isEmpty(): boolean {
    return this.#first === undefined
  }

  add(exchange: Exchange): void {
    exchange.after = this.#first
    if (this.#first) this.#first.before = exchange
    this.#first = exchange
  }

  /** Once for each that was added. */
  remove(exchange: Exchange): void {
    const { before, after } = exchange
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    exchange.before = undefined
    exchange.after = undefined
  }

  all(): readonly Exchange[] {
    const all: Exchange[] = []
    for (let at = this.#first; at; at = at.after) all.push(at)
    return all
  }
}
