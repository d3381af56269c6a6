import { roundToMicropoint } from '../scoring/points.js'
import type { Certificate } from './certificate.js'

/** Agents still to be placed (rows) and models with room (columns), as every strategy sees them. */
export interface PlacementProblem {
  readonly rows: number
  readonly cols: number
  /** Capability scores, `rows × cols`, row-major, 0..100 in whole millionths; `-Infinity` below the minimum score. */
  readonly scores: Float64Array
  /** Free seats per column, after requests in flight and manual assignments. */
  readonly seats: readonly number[]
  /** Seats that manual assignments of this run took, per column. */
  readonly manualUses: readonly number[]
  /** Column where each row is before the run, -1 for none that is known or has room. */
  readonly currentColumns: Int32Array
  /** Points it costs a row to leave that column. */
  readonly switchingCost: number
  /**
   * Load factor of a column for the next agent when `placed` others of this run have been placed there (manual ones
   * aside, which always count): at the projected utilization before the placement. 1 without load balancing. Never
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
  /** In whole millionths of a point. */
  readonly certificate: Certificate
  /** Per column, in points; see `ModelUse.seatPrice`. */
  readonly seatPrices: Float64Array
}

/** What a placement is compared by: on the grid of scores, so that ties on paper are ties. */
export function weighted(score: number, factor: number): number {
  return factor === 1 ? score : roundToMicropoint(score * factor)
}

/**
 * Takes the rows in order and gives each the column with a free seat that is worth most to it; ties go to the lowest.
 *
 * @param worth - of a column for a row when `placed` rows have been placed there; `-Infinity` rules it out.
 */
export function placeInTurn(
  { rows, cols, seats }: PlacementProblem,
  worth: (row: number, col: number, placed: number) => number,
): Int32Array {
  const placed = new Int32Array(cols)
  return new Int32Array(rows).map((_, row) => {
    let best = -1
    let greatest = -Infinity
    for (let col = 0; col < cols; col++) {
      const already = placed[col] as number
      if (already >= (seats[col] as number)) continue
      const value = worth(row, col, already)
      if (value > greatest) {
        greatest = value
        best = col
      }
    }
    if (best !== -1) placed[best] = (placed[best] as number) + 1
    return best
  })
}
