import { roundToMicropoint } from '../scoring/points.js'
import { Separation } from './separation.js'

/** Agents still to be placed (rows) and models with room (columns), as every strategy sees them. */
export interface PlacementProblem {
  readonly rows: number
  readonly cols: number
  /** Capability scores, `rows × cols`, row-major, 0..100 in whole millionths; `-Infinity` below the minimum score. */
  readonly scores: Float64Array
  /** Free seats per column, after requests in flight and manual assignments. */
  readonly seats: readonly number[]
  /** Seats each row takes on its column, ≥ 1. */
  readonly demands: Int32Array
  /** Rows that must not share a column, two or more per group. */
  readonly groups: readonly (readonly number[])[]
  /** Seats that manual assignments of this run took, per column. */
  readonly manualUses: readonly number[]
  /** Column where each row is before the run, -1 for none that is known or has room. */
  readonly currentColumns: Int32Array
  /** Points it costs a row to leave that column. */
  readonly switchingCost: number
  /**
   * Load factor of a column for the next agent when others of this run have taken `placed` of its seats (manual
   * ones aside, which always count): at the projected utilization before the placement. 1 without load balancing. Never
   * rises with `placed`.
   */
  factorAt(col: number, placed: number): number
}

export interface Placement {
  /** Column of each row, -1 for none. */
  readonly columnOfRow: Int32Array
  /** Present where the strategy can prove what it found. */
  readonly proof?: PlacementProof
}

interface PlacementProof {
  /** No placement is worth more. */
  readonly isOptimal: boolean
  /** Millionths of a point by which a better placement could at most exceed this one. */
  readonly gap: number
  /** Per column, in points; see `ModelUse.seatPrice`. `null` where the problem is no flow, which has no such prices. */
  readonly seatPrices: Float64Array | null
}

/** What a placement is compared by: on the grid of scores, so that ties on paper are ties. */
export function weighted(score: number, factor: number): number {
  return factor === 1 ? score : roundToMicropoint(score * factor)
}

/** What a column is worth to a row when rows before it took `placed` of its seats; `-Infinity` rules it out. */
export type Worth = (row: number, col: number, placed: number) => number

/**
 * Takes the rows in order and gives each the column that is worth most to it, of those with seats enough and nobody
 * of its groups; ties go to the lowest.
 */
export function placeInTurn(
  { rows, cols, seats, demands, groups }: PlacementProblem,
  worth: Worth,
): Int32Array {
  const placed = new Int32Array(cols)
  const separation = new Separation(groups, cols)
  return new Int32Array(rows).map((_, row) => {
    const demand = demands[row] as number
    let best = -1
    let greatest = -Infinity
    for (let col = 0; col < cols; col++) {
      const already = placed[col] as number
      if (already + demand > (seats[col] as number) || !separation.allows(row, col)) continue
      const value = worth(row, col, already)
      if (value > greatest) {
        greatest = value
        best = col
      }
    }
    if (best !== -1) {
      placed[best] = (placed[best] as number) + demand
      separation.join(row, best)
    }
    return best
  })
}
