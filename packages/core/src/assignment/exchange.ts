/** No member is known to give the least cost; the stored cost is a lower bound. */
const STALE = -1

/**
 * What it costs a column to let one of its members go elsewhere: for columns j and k the least `score(i, j) − score(i, k)`
 * over the members i of j, where k may be "outside" (score 0).
 *
 * The costs are raw, without prices, so that a change of prices touches none of them. When the member that gave a
 * least cost leaves, the cost stays as a lower bound and is worked out anew only when somebody asks for it.
 */
export class ExchangeCosts {
  readonly #scores: Float64Array
  readonly #cols: number
  /** `cols × (cols + 1)`; the last column is "outside". */
  readonly #costs: Float64Array
  readonly #givers: Int32Array
  readonly #firstMember: Int32Array
  readonly #nextMember: Int32Array
  readonly #previousMember: Int32Array

  constructor(scores: Float64Array, rows: number, cols: number) {
    this.#scores = scores
    this.#cols = cols
    this.#costs = new Float64Array(cols * (cols + 1)).fill(Infinity)
    this.#givers = new Int32Array(cols * (cols + 1)).fill(STALE)
    this.#firstMember = new Int32Array(cols).fill(-1)
    this.#nextMember = new Int32Array(rows).fill(-1)
    this.#previousMember = new Int32Array(rows).fill(-1)
  }

  /** At most the true cost; `Infinity` when no member may go there. @param to - `cols` stands for outside. */
  bound(from: number, to: number): number {
    return this.#costs[from * (this.#cols + 1) + to] as number
  }

  /** The true cost; `giver` tells the member behind it. */
  cost(from: number, to: number): number {
    const cell = from * (this.#cols + 1) + to
    if (this.#givers[cell] === STALE && (this.#costs[cell] as number) < Infinity) this.#rescan(from, to)
    return this.#costs[cell] as number
  }

  /** The member whose going costs `cost(from, to)`, to be asked after it and only where it is finite. */
  giver(from: number, to: number): number {
    return this.#givers[from * (this.#cols + 1) + to] as number
  }

  join(row: number, col: number): void {
    const first = this.#firstMember[col] as number
    this.#nextMember[row] = first
    this.#previousMember[row] = -1
    if (first !== -1) this.#previousMember[first] = row
    this.#firstMember[col] = row
    const own = this.#score(row, col)
    const base = col * (this.#cols + 1)
    for (let to = 0; to <= this.#cols; to++) {
      const cost = own - this.#score(row, to)
      // Also right over a stale bound: no member is below the bound, so whoever reaches it is least.
      if (cost < (this.#costs[base + to] as number)) {
        this.#costs[base + to] = cost
        this.#givers[base + to] = row
      }
    }
  }

  leave(row: number, col: number): void {
    const next = this.#nextMember[row] as number
    const previous = this.#previousMember[row] as number
    if (next !== -1) this.#previousMember[next] = previous
    if (previous === -1) this.#firstMember[col] = next
    else this.#nextMember[previous] = next
    const base = col * (this.#cols + 1)
    for (let to = 0; to <= this.#cols; to++) {
      if (this.#givers[base + to] === row) this.#givers[base + to] = STALE
    }
  }

  #rescan(from: number, to: number): void {
    let least = Infinity
    let giver = STALE
    for (let row = this.#firstMember[from] as number; row !== -1; row = this.#nextMember[row] as number) {
      const cost = this.#score(row, from) - this.#score(row, to)
      // Members are in no meaningful order; the lowest row keeps ties the same whatever came before.
      if (cost < least || (cost === least && row < giver)) {
        least = cost
        giver = row
      }
    }
    const cell = from * (this.#cols + 1) + to
    this.#costs[cell] = least
    this.#givers[cell] = giver
  }

  #score(row: number, col: number): number {
    return col === this.#cols ? 0 : (this.#scores[row * this.#cols + col] as number)
  }
}
