import { Members } from './members.js'
import type { ScoreTable } from './score-table.js'

/** What an exchange costs while nobody can make it, and the row behind the bound then: beyond every candidate. */
const NOBODY = -1

/** Candidates kept per pair of nodes; fewer where there are so many pairs that the lists would outweigh the scores. */
const candidatesFor = (nodes: number) => (nodes <= 300 ? 16 : 4)

/**
 * What it costs a node to let one of its members go to another: the least `score(i, from) − score(i, to)` over the
 * members i of `from`, raw, without prices, so that a change of prices touches nothing here.
 *
 * Per pair the best few members are kept in order of cost, then of row, and a bound that no other member is below.
 * Members that leave are taken off the lists; a pair whose list has run empty keeps its bound and is worked out anew
 * only when somebody asks. Order by cost and row makes the answer depend on who is a member and not on the history.
 *
 * Two traps, each a bug met before. Who joins below the bound must be listed even when the list is empty, or the
 * bound is too high. Who leaves must be taken off by the scores it joined with, before they change, or a later row of
 * the same number inherits its entries.
 */
export class ExchangeLists {
  readonly members = new Members()
  /** `stride × stride`: the true cost where the list has an entry, otherwise at most it. `Infinity`: nobody can go. */
  least = new Float64Array(0)
  /** Nodes that fit; the cell of an exchange is `from × stride + to`. */
  stride = 0
  readonly #table: ScoreTable
  #depth = 0
  /** No member off the list is before this cost and row. */
  #rest = new Float64Array(0)
  #restRow = new Int32Array(0)
  #counts = new Uint8Array(0)
  #costs = new Float64Array(0)
  #rows = new Int32Array(0)
  /** Nodes whose exchanges are worked out anew together. */
  #spent = new Int32Array(0)

  constructor(table: ScoreTable) {
    this.#table = table
    this.#allocate()
  }

  /** To be called when the table has grown in nodes: O(rows · nodes), rare because storage grows by half. */
  rebuild(): void {
    if (this.stride === this.#table.stride) return
    this.#allocate()
    for (let row = 0; row < this.#table.rows; row++) {
      const node = this.members.nodeOf(row)
      if (node !== NOBODY) this.#listEverywhere(row, node)
    }
  }

  /** Whether `least` is only a bound. */
  isBound(cell: number): boolean {
    return this.#counts[cell] === 0
  }

  /** The true cost; `giver` tells the member behind it. O(1), or O(members · nodes) where lists have run empty. */
  cost(from: number, to: number): number {
    const cell = from * this.stride + to
    if (this.#counts[cell] === 0 && (this.#rest[cell] as number) < Infinity) this.#rescan(from)
    return this.least[cell] as number
  }

  /** The member whose going costs `cost(from, to)`, to be asked after it and only where it is finite. */
  giver(from: number, to: number): number {
    const cell = from * this.stride + to
    return this.#rows[cell * this.#depth + (this.#counts[cell] as number) - 1] as number
  }

  /** O(nodes). */
  join(row: number, node: number): void {
    this.members.join(row, node)
    this.#listEverywhere(row, node)
  }

  /** To be called while the scores are those the row joined with. O(nodes). @returns the node left. */
  leave(row: number): number {
    const node = this.members.nodeOf(row)
    this.members.leave(row)
    const { values, nodes } = this.#table
    const rest = this.#rest
    const counts = this.#counts
    const depth = this.#depth
    const offset = row * this.stride
    const base = node * this.stride
    const own = values[offset + node] as number
    for (let to = 0; to < nodes; to++) {
      const cost = own - (values[offset + to] as number)
      const cell = base + to
      const count = counts[cell] as number
      if (count === 0 || cost > (rest[cell] as number)) continue
      const last = cell * depth + count - 1
      // Most who leave come first, and only shorten the list.
      if (this.#rows[last] === row) this.#shorten(cell, count - 1)
      else this.#unlist(cell, row)
    }
    return node
  }

  /** Forgets what it costs to go to a node and works it out anew, because scores there have changed. O(rows). */
  relist(to: number): void {
    const { rows, nodes, stride, values } = this.#table
    for (let from = 0; from < nodes; from++) if (from !== to) this.#clear(from * stride + to)
    for (let row = 0; row < rows; row++) {
      const from = this.members.nodeOf(row)
      if (from === NOBODY || from === to) continue
      const cost = (values[row * stride + from] as number) - (values[row * stride + to] as number)
      this.#list(from * stride + to, cost, row)
    }
  }

  #allocate(): void {
    const { stride } = this.#table
    const cells = stride * stride
    this.stride = stride
    this.#depth = candidatesFor(stride)
    this.least = new Float64Array(cells).fill(Infinity)
    this.#rest = new Float64Array(cells).fill(Infinity)
    this.#restRow = new Int32Array(cells).fill(NOBODY)
    this.#counts = new Uint8Array(cells)
    this.#costs = new Float64Array(cells * this.#depth)
    this.#rows = new Int32Array(cells * this.#depth)
    this.#spent = new Int32Array(stride)
    // Nobody moves from a node to itself: a bound below every cost keeps those lists empty.
    for (let node = 0; node < stride; node++) this.#rest[node * stride + node] = -Infinity
  }

  #clear(cell: number): void {
    this.least[cell] = Infinity
    this.#rest[cell] = Infinity
    this.#restRow[cell] = NOBODY
    this.#counts[cell] = 0
  }

  #listEverywhere(row: number, node: number): void {
    const { values, nodes } = this.#table
    const { least, stride } = this
    const rest = this.#rest
    const counts = this.#counts
    const depth = this.#depth
    const offset = row * stride
    const base = node * stride
    const own = values[offset + node] as number
    for (let to = 0; to < nodes; to++) {
      const cost = own - (values[offset + to] as number)
      const cell = base + to
      if (!(cost <= (rest[cell] as number))) continue
      const count = counts[cell] as number
      // Most who are listed come first, and only lengthen the list.
      if (count > 0 && count < depth && cost < (least[cell] as number)) {
        this.#costs[cell * depth + count] = cost
        this.#rows[cell * depth + count] = row
        counts[cell] = count + 1
        least[cell] = cost
      } else this.#list(cell, cost, row)
    }
  }

  /**
   * Works out anew all exchanges of a node whose lists have run empty. Often the same few rows led many of them, and
   * reading all of a member's scores costs hardly more than reading one of them.
   */
  #rescan(from: number): void {
    const { values, nodes } = this.#table
    const { stride } = this
    const base = from * stride
    const spent = this.#spent
    let spentCount = 0
    for (let to = 0; to < nodes; to++) {
      if (this.#counts[base + to] !== 0 || Math.abs(this.#rest[base + to] as number) === Infinity) continue
      this.#clear(base + to)
      spent[spentCount++] = to
    }
    const rows = this.members.rowsOf(from)
    const count = this.members.count(from)
    for (let place = 0; place < count; place++) {
      const row = rows[place] as number
      const offset = row * stride
      const own = values[offset + from] as number
      for (let index = 0; index < spentCount; index++) {
        const to = spent[index] as number
        const cost = own - (values[offset + to] as number)
        if (cost <= (this.#rest[base + to] as number)) this.#list(base + to, cost, row)
      }
    }
  }

  /**
   * Puts a member on the list if it is before the bound. Lists end with the least, for those come and go most; a full
   * one gives its greater half to the rest, so that even a run of ever lesser costs moves each entry about once.
   */
  #list(cell: number, cost: number, row: number): void {
    if (!isBefore(cost, row, this.#rest[cell] as number, this.#restRow[cell] as number)) return
    const costs = this.#costs
    const rows = this.#rows
    const start = cell * this.#depth
    if (this.#counts[cell] === this.#depth) {
      this.#halve(cell)
      if (!isBefore(cost, row, this.#rest[cell] as number, this.#restRow[cell] as number)) return
    }
    const count = this.#counts[cell] as number
    let place = start + count
    for (; place > start; place--) {
      const nextCost = costs[place - 1] as number
      const nextRow = rows[place - 1] as number
      if (isBefore(cost, row, nextCost, nextRow)) break
      costs[place] = nextCost
      rows[place] = nextRow
    }
    costs[place] = cost
    rows[place] = row
    this.#counts[cell] = count + 1
    this.least[cell] = costs[start + count] as number
  }

  #halve(cell: number): void {
    const start = cell * this.#depth
    const half = this.#depth / 2
    this.#rest[cell] = this.#costs[start + half - 1] as number
    this.#restRow[cell] = this.#rows[start + half - 1] as number
    for (let place = start; place < start + half; place++) {
      this.#costs[place] = this.#costs[place + half] as number
      this.#rows[place] = this.#rows[place + half] as number
    }
    this.#counts[cell] = half
  }

  #unlist(cell: number, row: number): void {
    const rows = this.#rows
    const start = cell * this.#depth
    const last = start + (this.#counts[cell] as number) - 1
    let place = last
    while (place >= start && rows[place] !== row) place--
    if (place < start) return
    for (; place < last; place++) {
      this.#costs[place] = this.#costs[place + 1] as number
      rows[place] = rows[place + 1] as number
    }
    this.#shorten(cell, last - start)
  }

  #shorten(cell: number, count: number): void {
    this.#counts[cell] = count
    this.least[cell] = (
      count === 0 ? this.#rest[cell] : this.#costs[cell * this.#depth + count - 1]
    ) as number
  }
}

function isBefore(cost: number, row: number, otherCost: number, otherRow: number): boolean {
  return cost < otherCost || (cost === otherCost && row < otherRow)
}
