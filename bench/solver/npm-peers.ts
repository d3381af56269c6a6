import type { Instance } from './families.js'
import { seatsIn, timeInProcess, type Missing, type Peer } from './peer.js'

/** The packages of npm, each skipped loudly when it is not installed. */
export async function npmPeers(): Promise<readonly (Peer | Missing)[]> {
  return Promise.all([
    orMissing('munkres_js', 'munkres-js', munkresPeer),
    orMissing('linear_sum_assignment', 'linear-sum-assignment', linearSumPeer),
    orMissing('highs', 'highs', highsPeer),
  ])
}

async function orMissing(
  name: string,
  packageName: string,
  load: () => Promise<Peer>,
): Promise<Peer | Missing> {
  try {
    return await load()
  } catch (error) {
    return { name, reason: (error as Error).message, install: `npm install --workspace bench ${packageName}` }
  }
}

async function munkresPeer(): Promise<Peer> {
  const { default: munkres } = await import('munkres-js')
  return {
    name: 'munkres_js',
    timed: 'call',
    accepts: (instance) => instance.problem.rows * seatsIn(instance) <= 1e4,
    solve: (instance, forMs) => {
      const seats = replicated(instance)
      const size = Math.max(seats.length, seats[0]?.length ?? 0)
      // Square, as costs; the padding is worth nothing.
      const costs = Array.from({ length: size }, (_, row) =>
        Array.from({ length: size }, (__, seat) => 100 - (seats[row]?.[seat] ?? 0)),
      )
      const valueOf = (pairs: [number, number][]) =>
        pairs.reduce((sum, [row, seat]) => sum + (seats[row]?.[seat] ?? 0), 0)
      return Promise.resolve(timeInProcess(() => valueOf(munkres(costs)), forMs))
    },
    close: () => undefined,
  }
}

async function linearSumPeer(): Promise<Peer> {
  const { linearSumAssignment } = await import('linear-sum-assignment')
  return {
    name: 'linear_sum_assignment',
    timed: 'call',
    accepts: (instance) => instance.problem.rows * seatsIn(instance) <= 2e4,
    solve: (instance, forMs) => {
      const seats = replicated(instance)
      const solve = () => {
        const { rowAssignments } = linearSumAssignment(seats, { maximaze: true })
        return seats.reduce((sum, row, i) => sum + (row[Number(rowAssignments[i])] ?? 0), 0)
      }
      return Promise.resolve(timeInProcess(solve, forMs))
    },
    close: () => undefined,
  }
}

/** What is used of the package, whose own types describe its CommonJS form. */
interface Highs {
  solve(program: string): { readonly ObjectiveValue: number }
}

async function highsPeer(): Promise<Peer> {
  const { default: load } = (await import('highs')) as unknown as { default: () => Promise<Highs> }
  const highs = await load()
  return {
    name: 'highs',
    timed: 'call',
    accepts: ({ problem: { rows, cols } }) => rows * cols <= 1e4,
    solve: (instance, forMs) => {
      const program = linearProgram(instance)
      return Promise.resolve(timeInProcess(() => highs.solve(program).ObjectiveValue, forMs))
    },
    close: () => undefined,
  }
}

/** One column per seat; forbidden pairs at 0, which is the same as staying out. */
function replicated({ problem: { rows, cols, scores, capacities } }: Instance): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: cols }, (__, col) =>
      new Array<number>(Math.min(rows, capacities[col] as number)).fill(
        Math.max(0, scores[row * cols + col] as number),
      ),
    ).flat(),
  )
}

/** In the CPLEX LP format; the transportation problem has whole vertices, so no integers are asked for. */
function linearProgram({ problem: { rows, cols, scores, capacities } }: Instance): string {
  const allowed = (row: number, col: number) => scores[row * cols + col] !== -Infinity
  const all = Array.from(
    { length: rows * cols },
    (_, cell) => [Math.floor(cell / cols), cell % cols] as const,
  )
  const pairs = all.filter(([row, col]) => allowed(row, col))
  const terms = pairs.map(([row, col]) => `+ ${scores[row * cols + col]} x${row}_${col}`).join('\n')
  const inRow = Array.from({ length: rows }, (_, row) => pairs.filter(([r]) => r === row))
  const inCol = Array.from({ length: cols }, (_, col) => pairs.filter(([, c]) => c === col))
  const sum = (list: readonly (readonly [number, number])[]) =>
    list.map(([r, c]) => `x${r}_${c}`).join(' +\n')
  const limits = [
    ...inRow.map((list, row) => (list.length > 0 ? `r${row}: ${sum(list)} <= 1` : '')),
    ...inCol.map((list, col) => (list.length > 0 ? `c${col}: ${sum(list)} <= ${capacities[col]}` : '')),
  ]
  return `Maximize\nobj: ${terms}\nSubject To\n${limits.filter((line) => line !== '').join('\n')}\nEnd\n`
}
