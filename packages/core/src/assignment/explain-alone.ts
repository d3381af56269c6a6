import { Arrangement } from './arrangement.js'
import { boundedProblemOf } from './bounded.js'
import type { Reasons } from './explain-optimum.js'
import type { Run } from './run.js'

/** What each row would gain or lose elsewhere while all others stay: the choices that are known without a flow. */
export function explainAlone({ problem }: Run, columnOfRow: Int32Array): Reasons {
  const { cols, scores } = problem
  const arrangement = new Arrangement(boundedProblemOf(problem))
  columnOfRow.forEach((col, row) => arrangement.place(row, col))
  return {
    basis: 'others_stay',
    placed(row) {
      const own = arrangement.remove(row)
      const gain = arrangement.gain(row, own)
      let next = 0
      let runnerUp = -1
      for (let col = 0; col < cols; col++) {
        const elsewhere = col === own ? -Infinity : arrangement.gain(row, col)
        if (elsewhere > next || (elsewhere === next && runnerUp === -1)) {
          next = elsewhere
          runnerUp = col
        }
      }
      arrangement.place(row, own)
      return { runnerUp, margin: gain - next, pricePaid: null }
    },
    outside(row) {
      let col = -1
      for (let other = 0; other < cols; other++) {
        const score = scores[row * cols + other] as number
        if (score > (col === -1 ? -Infinity : (scores[row * cols + col] as number))) col = other
      }
      return { col, enough: null }
    },
    model: () => undefined,
  }
}
