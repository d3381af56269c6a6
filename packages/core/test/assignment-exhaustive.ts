import fc from 'fast-check'
import type { TransportationProblem } from '../src/assignment/transportation-problem.js'

/** The greatest total by trying every placement; only for a handful of rows and columns. */
export function greatestTotal(problem: TransportationProblem): number {
  const { rows, cols, scores, capacities, seatCosts } = problem
  const used = new Array<number>(cols).fill(0)
  const best = (row: number): number => {
    if (row === rows) return 0
    let greatest = best(row + 1)
    for (let col = 0; col < cols; col++) {
      const score = scores[row * cols + col] ?? -Infinity
      const seat = used[col] ?? 0
      if (score === -Infinity || seat >= (capacities[col] ?? 0)) continue
      used[col] = seat + 1
      greatest = Math.max(greatest, score - (seatCosts?.[col]?.[seat] ?? 0) + best(row + 1))
      used[col] = seat
    }
    return greatest
  }
  return best(0)
}

/** Small odd problems: no rows, no columns, zero capacities, forbidden pairs, negative scores, ties, too few seats. */
export function smallProblems(
  score: fc.Arbitrary<number>,
  hasSeatCosts: boolean,
): fc.Arbitrary<TransportationProblem> {
  const size = fc.integer({ min: 0, max: 6 })
  return fc.tuple(size, size).chain(([rows, cols]) =>
    fc
      .record({
        scores: fc.array(fc.oneof({ weight: 5, arbitrary: score }, fc.constant(-Infinity)), {
          minLength: rows * cols,
          maxLength: rows * cols,
        }),
        capacities: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: cols, maxLength: cols }),
        costs: fc.array(fc.array(score, { minLength: 3, maxLength: 3 }), {
          minLength: cols,
          maxLength: cols,
        }),
      })
      .map(({ scores, capacities, costs }) => ({
        rows,
        cols,
        scores: Float64Array.from(scores),
        capacities,
        ...(hasSeatCosts ? { seatCosts: costs.map((list) => Float64Array.from(list).sort()) } : {}),
      })),
  )
}
