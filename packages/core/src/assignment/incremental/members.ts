import { grownSize } from './score-table.js'

const NOWHERE = -1

/** Which rows sit at which node, to be walked without order. Joining and leaving take constant time. */
export class Members {
  readonly #rowsOf: Int32Array[] = []
  readonly #counts: number[] = []
  #nodeOf = new Int32Array(0)
  #placeOf = new Int32Array(0)

  /** -1 for a row that sits nowhere, not even outside. */
  nodeOf(row: number): number {
    return this.#nodeOf[row] ?? NOWHERE
  }

  /** The first `count(node)` of them; longer storage beyond. */
  rowsOf(node: number): Int32Array {
    return this.#rowsOf[node] ?? this.#open(node)
  }

  count(node: number): number {
    return this.#counts[node] ?? 0
  }

  join(row: number, node: number): void {
    if (row >= this.#nodeOf.length) this.#growRows(row)
    const count = this.count(node)
    let rows = this.rowsOf(node)
    if (count === rows.length) {
      const grown = new Int32Array(grownSize(count))
      grown.set(rows)
      this.#rowsOf[node] = grown
      rows = grown
    }
    rows[count] = row
    this.#counts[node] = count + 1
    this.#nodeOf[row] = node
    this.#placeOf[row] = count
  }

  leave(row: number): void {
    const node = this.nodeOf(row)
    const rows = this.rowsOf(node)
    const last = this.count(node) - 1
    const moved = rows[last] as number
    const place = this.#placeOf[row] as number
    rows[place] = moved
    this.#placeOf[moved] = place
    this.#counts[node] = last
    this.#nodeOf[row] = NOWHERE
  }

  #open(node: number): Int32Array {
    while (this.#rowsOf.length <= node) {
      this.#rowsOf.push(new Int32Array(0))
      this.#counts.push(0)
    }
    return this.#rowsOf[node] as Int32Array
  }

  #growRows(row: number): void {
    const size = Math.max(row + 1, grownSize(this.#nodeOf.length))
    const nodeOf = new Int32Array(size).fill(NOWHERE)
    nodeOf.set(this.#nodeOf)
    const placeOf = new Int32Array(size)
    placeOf.set(this.#placeOf)
    this.#nodeOf = nodeOf
    this.#placeOf = placeOf
  }
}
