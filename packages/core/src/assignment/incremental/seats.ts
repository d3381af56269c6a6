import { OUTSIDE } from './score-table.js'

/**
 * What nodes offer and ask: seats, how many are used, what each costs, the node's price. The outside has room for all,
 * free, at price 0.
 */
export class Seats {
  prices = new Float64Array(1)
  used = new Int32Array(1)
  capacities = Float64Array.of(Infinity)
  /** Nodes with any seat in ascending order, the outside last so that a seat goes before staying out. */
  readonly open: number[] = [OUTSIDE]
  readonly #costs: (Float64Array | undefined)[] = [undefined]

  /** A node without seats. @param size - nodes to make room for. */
  addNode(node: number, costs: Float64Array | undefined, size: number): void {
    if (node >= this.prices.length) {
      this.prices = copyInto(new Float64Array(size), this.prices)
      this.used = copyInto(new Int32Array(size), this.used)
      this.capacities = copyInto(new Float64Array(size), this.capacities)
    }
    this.prices[node] = 0
    this.used[node] = 0
    this.capacities[node] = 0
    this.#costs[node] = costs
  }

  costsOf(node: number): Float64Array | undefined {
    return this.#costs[node]
  }

  /** Puts a node that had no seat in its place among the open ones. */
  openUp(node: number): void {
    const place = this.open.findIndex((other) => other > node || other === OUTSIDE)
    this.open.splice(place, 0, node)
  }

  close(node: number): void {
    this.open.splice(this.open.indexOf(node), 1)
  }

  hasFree(node: number): boolean {
    return (this.used[node] as number) < (this.capacities[node] as number)
  }

  /** What the first seat not used costs. */
  nextCost(node: number): number {
    return this.#costs[node]?.[this.used[node] as number] ?? 0
  }

  /** What the last seat used costs. */
  lastCost(node: number): number {
    return this.#costs[node]?.[(this.used[node] as number) - 1] ?? 0
  }
}

function copyInto<Numbers extends Float64Array | Int32Array>(to: Numbers, from: Numbers): Numbers {
  to.set(from)
  return to
}
