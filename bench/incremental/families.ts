import { sourceOf } from './chance.js'

export const FAMILIES = ['uniform', 'capj', 'ties', 'rank1'] as const
export type Family = (typeof FAMILIES)[number]
export const REGIMES = ['tight', 'slack', 'short'] as const
export type Regime = (typeof REGIMES)[number]

/** Scores are whole millionths of a point, 0..100 points, so that a gap of 0 is a proof. */
const MICROPOINTS = 1e6
const CAPABILITIES = 10
const SEATS_PER_ROW: Readonly<Record<Regime, number>> = { tight: 1, slack: 1.5, short: 0.7 }

/** Gives the scores of one row after another, those of the first problem and of all that arrive later. */
export interface RowSource {
  row(): Float64Array
}

export function rowSource(family: Family, cols: number, seed: number): RowSource {
  const next = sourceOf(seed)
  const filled = (score: (col: number) => number) =>
    Float64Array.from({ length: cols }, (_, col) => score(col))
  switch (family) {
    case 'uniform':
      return { row: () => filled(() => Math.floor(next() * 100 * MICROPOINTS)) }
    case 'ties':
      return { row: () => filled(() => (1 + Math.floor(next() * 5)) * 20 * MICROPOINTS) }
    case 'rank1': {
      const worth = filled(() => next())
      return {
        row: () => {
          const own = next()
          return filled((col) => Math.round(100 * MICROPOINTS * own * (worth[col] as number)))
        },
      }
    }
    case 'capj': {
      const strengths = Array.from({ length: cols }, () =>
        Array.from({ length: CAPABILITIES }, () => Math.round(20 * next()) / 20),
      )
      return {
        row: () => {
          const [one, other, preferred] = distinct(next)
          return filled((col) => {
            const strength = (capability: number) => strengths[col]?.[capability] as number
            const required = (strength(one) + strength(other)) / 2
            const points = 70 * required + 20 * strength(preferred) + 9 + next()
            return Math.round(points * MICROPOINTS)
          })
        },
      }
    }
  }
}

/** Seats per column: all of them together a share of the rows, each between half and one and a half of the mean. */
export function capacitiesFor(regime: Regime, rows: number, cols: number, seed: number): number[] {
  const next = sourceOf(seed)
  const weights = Array.from({ length: cols }, () => 0.5 + next())
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const seats = Math.round(rows * SEATS_PER_ROW[regime])
  let before = 0
  let share = 0
  return weights.map((weight) => {
    share += weight
    const upTo = Math.round((seats * share) / sum)
    const own = upTo - before
    before = upTo
    return own
  })
}

/** Three capabilities, no two alike. */
function distinct(next: () => number): [number, number, number] {
  const rest = Array.from({ length: CAPABILITIES }, (_, capability) => capability)
  const take = () => rest.splice(Math.floor(next() * rest.length), 1)[0] as number
  return [take(), take(), take()]
}
