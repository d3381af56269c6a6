import type { TransportationProblem } from '@loadstar/core'

export const FAMILIES = ['uniform', 'cap', 'capj', 'ties', 'sparse', 'rank1'] as const
type Family = (typeof FAMILIES)[number]

/** Seats for each row: fewer than rows, as many, and half as many again. */
export const REGIMES = { short: 0.7, tight: 1, slack: 1.5 } as const
export type Regime = keyof typeof REGIMES

export interface Instance {
  readonly name: string
  readonly family: Family
  readonly regime: Regime
  readonly problem: TransportationProblem
}

/** Scores are multiples of this, so that every solver sees the same numbers and sums carry no rounding. */
const GRID = 2 ** -20

/**
 * One problem with scores 0..100, the same for the same arguments.
 *
 * `uniform`: any score. `cap`: ten capabilities, weights 70/20/10, at most 720 kinds of agents. `capj`: the same, each
 * pair shifted by up to one point. `ties`: 1..5. `sparse`: 70 % of the pairs forbidden. `rank1`: 100 × agent × model.
 */
export function instanceOf(
  family: Family,
  regime: Regime,
  rows: number,
  cols: number,
  unitSeats = false,
): Instance {
  const random = randomFrom(
    FAMILIES.indexOf(family) * 97 + rows * 31 + cols * 7 + Math.round(REGIMES[regime] * 10),
  )
  const scoreOf = scorer(family, rows, cols, random)
  const scores = new Float64Array(rows * cols)
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const score = scoreOf(row, col)
      scores[row * cols + col] = Math.round(score / GRID) * GRID
    }
  }
  const capacities = unitSeats ? new Array<number>(cols).fill(1) : capacitiesOf(regime, rows, cols, random)
  return {
    name: `${family}-${regime}-${rows}x${cols}${unitSeats ? '-unit' : ''}`,
    family,
    regime,
    problem: { rows, cols, scores, capacities },
  }
}

type Random = () => number

/** 0 ≤ number < 1; G. Marsaglia, Xorshift RNGs, 2003, doi:10.18637/jss.v008.i14 */
function randomFrom(seed: number): Random {
  let state = (Math.imul(seed + 1, 0x9e3779b1) | 1) >>> 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}

function scorer(
  family: Family,
  rows: number,
  cols: number,
  random: Random,
): (row: number, col: number) => number {
  switch (family) {
    case 'uniform':
      return () => 100 * random()
    case 'ties':
      return () => 1 + Math.floor(5 * random())
    case 'sparse':
      return () => (random() < 0.7 ? -Infinity : 100 * random())
    case 'rank1': {
      const agents = Float64Array.from({ length: rows }, random)
      const models = Float64Array.from({ length: cols }, random)
      return (row, col) => 100 * (agents[row] as number) * (models[col] as number)
    }
    case 'cap':
    case 'capj': {
      const capability = capabilityScorer(rows, cols, random)
      if (family === 'cap') return capability
      return (row, col) => Math.min(100, Math.max(0, capability(row, col) + 2 * random() - 1))
    }
  }
}

const CAPABILITIES = 10

/** 90 ordered pairs of required capabilities, of which each agent prefers one of 8 others: 720 kinds. */
function capabilityScorer(rows: number, cols: number, random: Random): (row: number, col: number) => number {
  const strengths = Float64Array.from({ length: cols * CAPABILITIES }, () => 0.3 + 0.7 * random())
  const pick = () => Math.floor(CAPABILITIES * random())
  const wants = Array.from({ length: rows }, () => {
    const first = pick()
    const second = (first + 1 + Math.floor((CAPABILITIES - 1) * random())) % CAPABILITIES
    let preferred = pick()
    while (preferred === first || preferred === second) preferred = pick()
    return [first, second, preferred] as const
  })
  return (row, col) => {
    const [first, second, preferred] = wants[row] as readonly [number, number, number]
    const strength = (capability: number) => strengths[col * CAPABILITIES + capability] as number
    return 100 * (0.35 * (strength(first) + strength(second)) + 0.2 * strength(preferred) + 0.1)
  }
}

/** Uneven seats that add up to the regime's share of the rows. */
function capacitiesOf(regime: Regime, rows: number, cols: number, random: Random): number[] {
  const weights = Array.from({ length: cols }, () => 0.5 + random())
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const seats = Math.round(rows * REGIMES[regime])
  let sum = 0
  let given = 0
  return weights.map((weight) => {
    sum += weight
    const upTo = Math.round((seats * sum) / total)
    const capacity = upTo - given
    given = upTo
    return capacity
  })
}
