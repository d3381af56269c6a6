/** The node for staying out; column c of the problem is node c + 1. */
export const OUTSIDE = 0

/**
 * Scores of rows at nodes, in storage that grows by half so that growing costs little per row and column.
 *
 * Staying out is a node like the others, worth 0 to every row, so that no search treats it apart.
 */
export class ScoreTable {
  /** Row-major, `stride` numbers per row; what is not in use is -Infinity. */
  values: Float64Array
  /** Nodes that fit. */
  stride: number
  /** Rows and nodes in use or used before. */
  rows = 0
  nodes = 1

  constructor(rows: number, nodes: number) {
    this.stride = nodes
    this.values = new Float64Array(Math.max(1, rows) * nodes).fill(-Infinity)
  }

  /** Rows that fit. */
  get height(): number {
    return this.values.length / this.stride
  }

  at(row: number, node: number): number {
    return this.values[row * this.stride + node] as number
  }

  set(row: number, node: number, score: number): void {
    this.values[row * this.stride + node] = score
  }

  /** Makes room for one more row. */
  growRows(): void {
    this.rows++
    if (this.rows <= this.height) return
    const grown = new Float64Array(grownSize(this.height) * this.stride).fill(-Infinity)
    grown.set(this.values)
    this.values = grown
  }

  /** Makes room for one more node. */
  growNodes(): void {
    this.nodes++
    if (this.nodes <= this.stride) return
    const { height, stride, values } = this
    const wider = grownSize(stride)
    const grown = new Float64Array(height * wider).fill(-Infinity)
    for (let row = 0; row < this.rows; row++) {
      grown.set(values.subarray(row * stride, (row + 1) * stride), row * wider)
    }
    this.values = grown
    this.stride = wider
  }
}

/** Half as much again: every number is then moved a bounded number of times, however long the history. */
export function grownSize(size: number): number {
  return Math.max(size + 1, Math.ceil(size * 1.5))
}
