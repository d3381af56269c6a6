import type { Agent } from '../catalog/agent.js'
import type { AssignInput } from './input.js'

/** What the constraints of a run come to for its rows (agents to be placed) and columns (models with room). */
export interface RowLimits {
  /** Seats each row takes. */
  readonly demands: Int32Array
  /** Rows that must keep apart, groups of two or more. */
  readonly groups: readonly (readonly number[])[]
  /** No pair is ruled out. */
  readonly isFree: boolean
  /** By the lists of the agent. */
  isAllowed(row: number, col: number): boolean
  /** Of the run or of the agent, the greater; 0..100. */
  minScoreOf(row: number): number
  /** A member of one of its groups is there by hand. */
  isClosedByHand(row: number, col: number): boolean
  /** @returns the scores with `-Infinity` for pairs that are ruled out, columns with fewer seats than the row takes among them. */
  apply(scores: Float64Array, seats: readonly number[]): Float64Array
}

export function demandOf({ constraints }: AssignInput, agentId: string): number {
  return constraints?.get(agentId)?.demand ?? 1
}

export function rowLimits(
  input: AssignInput,
  waiting: readonly Agent[],
  modelIds: readonly string[],
): RowLimits {
  const { constraints, antiAffinity = [], minScore = 0 } = input
  const lists = waiting.map(({ id }) => constraints?.get(id))
  const allowed = lists.map((list) => list?.allowedModels && new Set(list.allowedModels))
  const forbidden = lists.map((list) => list?.forbiddenModels && new Set(list.forbiddenModels))
  const closed = closedByHand(input)
  const demands = Int32Array.from(waiting, ({ id }) => demandOf(input, id))
  const limits = {
    isAllowed(row: number, col: number) {
      const id = modelIds[col] as string
      return allowed[row]?.has(id) !== false && forbidden[row]?.has(id) !== true
    },
    minScoreOf: (row: number) => Math.max(minScore, lists[row]?.minScore ?? 0),
    isClosedByHand: (row: number, col: number) =>
      closed.get((waiting[row] as Agent).id)?.has(modelIds[col] as string) ?? false,
  }
  return {
    ...limits,
    demands,
    groups: groupsOfWaiting(antiAffinity, waiting),
    isFree: minScore === 0 && (constraints?.size ?? 0) === 0 && closed.size === 0,
    apply: (scores, seats) =>
      scores.map((score, cell) => {
        const row = Math.floor(cell / modelIds.length)
        const col = cell % modelIds.length
        const demand = demands[row] as number
        // A single seat that is not there rules nothing out: its price tells what it would be worth.
        const isTooLarge = demand > 1 && demand > (seats[col] as number)
        const isOut =
          score < limits.minScoreOf(row) ||
          isTooLarge ||
          !limits.isAllowed(row, col) ||
          limits.isClosedByHand(row, col)
        return isOut ? -Infinity : score
      }),
  }
}

/** Models where others of an agent's groups sit by hand, by agent id. */
function closedByHand({ antiAffinity = [], fixed }: AssignInput): ReadonlyMap<string, ReadonlySet<string>> {
  const closed = new Map<string, Set<string>>()
  for (const group of antiAffinity) {
    const taken = group.flatMap((id) => fixed?.get(id) ?? [])
    if (taken.length === 0) continue
    for (const id of group) closed.set(id, new Set([...(closed.get(id) ?? []), ...taken]))
  }
  return closed
}

function groupsOfWaiting(groups: readonly (readonly string[])[], waiting: readonly Agent[]) {
  const rowOf = new Map(waiting.map(({ id }, row) => [id, row]))
  return groups.map((group) => group.flatMap((id) => rowOf.get(id) ?? [])).filter((rows) => rows.length > 1)
}
