import { describe, expect, it } from 'vitest'
import { sourceOf } from '../../../test/assignment-history.js'
import { ExchangeLists } from './exchange-lists.js'
import { ScoreTable } from './score-table.js'

const NODES = 4
const ROWS = 60

/** Rows come, change and go at random and their numbers are used again with other scores, as in a long history. */
class Crowd {
  readonly lists: ExchangeLists
  readonly #table = new ScoreTable(ROWS, NODES)
  readonly #next: () => number

  constructor(seed: number) {
    this.#next = sourceOf(seed)
    this.#table.nodes = NODES
    this.#table.rows = ROWS
    this.lists = new ExchangeLists(this.#table)
  }

  step(): void {
    const row = this.#below(ROWS)
    if (this.lists.members.nodeOf(row) !== -1) {
      this.lists.leave(row)
      // Half the time the number is used again at once, in the place it had.
      if (this.#next() < 0.5) return
    }
    this.#table.set(row, 0, 0)
    for (let node = 1; node < NODES; node++) {
      this.#table.set(row, node, this.#next() < 0.1 ? -Infinity : this.#below(40))
    }
    const node = this.#next() < 0.5 ? 1 : this.#below(NODES)
    this.lists.join(row, this.#table.at(row, node) === -Infinity ? 0 : node)
  }

  below(limit: number): number {
    return this.#below(limit)
  }

  /** The least cost and the lowest row behind it, by looking at every member. */
  true(from: number, to: number): { cost: number; giver: number } {
    let cost = Infinity
    let giver = -1
    for (let row = 0; row < ROWS; row++) {
      if (this.lists.members.nodeOf(row) !== from) continue
      const own = this.#table.at(row, from) - this.#table.at(row, to)
      if (!(own < cost)) continue
      cost = own
      giver = row
    }
    return { cost, giver }
  }

  bound(from: number, to: number): number {
    return this.lists.least[from * NODES + to] as number
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit)
  }
}

describe('ExchangeLists', () => {
  it('never has a bound above the true cost, whoever left before and whoever joins after', () => {
    for (let seed = 0; seed < 10; seed++) {
      const crowd = new Crowd(seed)
      for (let step = 0; step < 1_000; step++) {
        crowd.step()
        for (let from = 0; from < NODES; from++) {
          for (let to = 0; to < NODES; to++) {
            if (from === to) continue
            expect(crowd.bound(from, to)).toBeLessThanOrEqual(crowd.true(from, to).cost)
          }
        }
      }
    }
  })

  it('tells the true cost and the lowest row behind it, also after numbers have been used again', () => {
    for (let seed = 0; seed < 10; seed++) {
      const crowd = new Crowd(seed)
      for (let step = 0; step < 2_000; step++) {
        crowd.step()
        const from = crowd.below(NODES)
        const to = (from + 1 + crowd.below(NODES - 1)) % NODES
        const { cost, giver } = crowd.true(from, to)
        expect(crowd.lists.cost(from, to)).toBe(cost)
        if (cost < Infinity) expect(crowd.lists.giver(from, to)).toBe(giver)
      }
    }
  })
})
