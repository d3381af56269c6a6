import { MICROPOINTS_PER_POINT } from '../scoring/points.js'
import { exchangeDistances } from './exchange-distances.js'
import type { ExplanationBasis } from './explanation.js'
import { transportationOf, type SeatedProblem } from './optimal.js'
import type { Run } from './run.js'
import { solveTransportation, totalOf } from './transportation.js'

/** Why one row is where it is, in millionths of a point; -1 for no column. */
export interface PlacedReason {
  readonly runnerUp: number
  readonly margin: number | null
  readonly pricePaid: number | null
}

/** The column a row outside came nearest to, and the score that would have been enough there. */
interface OutsideReason {
  readonly col: number
  readonly enough: number | null
}

interface SeatReason {
  readonly least: number
  readonly greatest: number
  readonly oneMore: number
  readonly isConfirmed: boolean | null
}

/** What an explanation is made of, asked for row by row and column by column. */
export interface Reasons {
  readonly basis: ExplanationBasis
  placed(row: number): PlacedReason
  outside(row: number): OutsideReason | undefined
  model(col: number): SeatReason | undefined
}

/** Above this many `rows × cols²` the extra seats are not solved for anew: that is one whole solve per column. */
const MOST_CONFIRMED = 2e7

/** Exact: each answer is a shortest way through the exchanges between columns, so it is what solving anew would give. */
export function explainOptimum(run: Run, columnOfRow: Int32Array): Reasons {
  const { problem } = run
  const seated = transportationOf(problem)
  const { rows, cols, scores } = seated
  const distances = exchangeDistances(seated, columnOfRow)
  const distance = (from: number, to: number) => distances[from * (cols + 1) + to] as number
  const total = totalOf(seated, columnOfRow)
  const isSmall = rows * cols * cols <= MOST_CONFIRMED
  const used = new Int32Array(cols)
  for (const col of columnOfRow) if (col !== -1) used[col] = (used[col] as number) + 1
  return {
    basis: 'reoptimised',
    placed(row) {
      const own = columnOfRow[row] as number
      const score = scores[row * cols + own] as number
      // Staying out comes first, so that of equal changes it is named only where no model does as well.
      let margin = Infinity
      let runnerUp = -1
      for (let col = 0; col < cols; col++) {
        if (col === own) continue
        const loss = score - (scores[row * cols + col] as number) + distance(col, own)
        if (loss >= margin) continue
        margin = loss
        runnerUp = col
      }
      const lossOutside = score + distance(cols, own)
      if (lossOutside < margin) {
        margin = lossOutside
        runnerUp = -1
      }
      return { runnerUp, margin, pricePaid: seated.outsideCost - distance(cols, own) }
    },
    outside: (row) => nearestColumn(run, row, (col) => distance(col, cols)),
    model(col) {
      const least = -distance(cols, col)
      const nextCost = seated.seatCosts[col]?.[used[col] as number] as number
      const isFull = used[col] === seated.capacities[col]
      const oneMore = isFull ? Math.max(0, least - nextCost) : 0
      return {
        least: least + seated.outsideCost,
        greatest: distance(col, cols) + seated.outsideCost,
        oneMore,
        isConfirmed: isSmall ? totalWithOneMore(seated, col) === total + oneMore : null,
      }
    },
  }
}

function totalWithOneMore(seated: SeatedProblem, col: number): number {
  const capacities = Array.from(seated.capacities)
  capacities[col] = (capacities[col] as number) + 1
  return solveTransportation({ ...seated, capacities }).total
}

/**
 * The allowed column where the row's score falls least short of what it would have had to be.
 *
 * @param entry - what a seat of the column costs the others.
 */
function nearestColumn(run: Run, row: number, entry: (col: number) => number): OutsideReason | undefined {
  const { limits } = run
  const { cols } = run.problem
  let nearest: OutsideReason | undefined
  let least = Infinity
  for (let col = 0; col < cols; col++) {
    const score = run.matchScores[row * cols + col] as number
    if (score === -Infinity || !limits.isAllowed(row, col) || limits.isClosedByHand(row, col)) continue
    const enough = Math.max(entry(col), limits.minScoreOf(row) * MICROPOINTS_PER_POINT)
    const shortfall = enough - score * MICROPOINTS_PER_POINT
    if (nearest !== undefined && shortfall >= least) continue
    nearest = { col, enough }
    least = shortfall
  }
  return nearest
}
