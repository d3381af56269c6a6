import { MICROPOINTS_PER_POINT } from '../scoring/points.js'
import { worthInBalance } from './balanced.js'
import type { Reasons } from './explain-optimum.js'
import { worthInTurn } from './greedy.js'
import { placeInTurn, type PlacementProblem, type Worth } from './placement.js'

/** What each row compared when its turn came, found by letting the turns pass again. */
export function explainTurns(
  problem: PlacementProblem,
  strategy: 'greedy' | 'balanced',
  columnOfRow: Int32Array,
): Reasons {
  const { rows, cols } = problem
  const worth: Worth = strategy === 'greedy' ? worthInTurn(problem) : worthInBalance(problem)
  const runnerUps = new Int32Array(rows).fill(-1)
  const own = new Float64Array(rows)
  const second = new Float64Array(rows).fill(-Infinity)
  placeInTurn(problem, (row, col, placed) => {
    const value = worth(row, col, placed)
    if (col === columnOfRow[row]) own[row] = value
    else if (value > (second[row] as number)) {
      second[row] = value
      runnerUps[row] = col
    }
    return value
  })
  return {
    basis: 'in_turn',
    placed: (row) => ({
      runnerUp: runnerUps[row] as number,
      margin:
        runnerUps[row] === -1
          ? null
          : Math.round(((own[row] as number) - (second[row] as number)) * MICROPOINTS_PER_POINT),
      pricePaid: null,
    }),
    outside: (row) => bestColumn(problem, row, cols),
    model: () => undefined,
  }
}

function bestColumn({ scores }: PlacementProblem, row: number, cols: number) {
  let best: { col: number; enough: null } | undefined
  let greatest = -Infinity
  for (let col = 0; col < cols; col++) {
    const score = scores[row * cols + col] as number
    if (score <= greatest) continue
    greatest = score
    best = { col, enough: null }
  }
  return best
}
