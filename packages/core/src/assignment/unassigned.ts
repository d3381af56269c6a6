import type { Agent } from '../catalog/agent.js'
import type { Unassigned } from './assignment.js'
import type { AntiAffinity } from './constraint.js'
import type { AssignInput } from './input.js'
import { reasonFor, sentenceFor, type Circumstances } from './reason.js'
import type { Run, RunModel } from './run.js'

/** Each agent without a model, with the reason. @param chosen - the model of each assigned agent. */
export function unassignedOf(
  { agents, strategy, antiAffinity = [] }: AssignInput,
  run: Run,
  chosen: ReadonlyMap<string, RunModel>,
  isProved: boolean,
): readonly Unassigned[] {
  const rowOf = new Map(run.waiting.map(({ id }, row) => [id, row]))
  const groupsOf = groupsByAgent(antiAffinity)
  const others = (id: string) =>
    (groupsOf.get(id) ?? []).flatMap((group) => group.flatMap((member) => chosen.get(member) ?? []))
  return agents
    .filter(({ id }) => !chosen.has(id))
    .map((agent: Agent) => {
      const row = rowOf.get(agent.id)
      const counts = row === undefined ? NOTHING_COUNTED : countModels(run, row, new Set(others(agent.id)))
      const { hasSeats, ...counted } = counts
      const facts = {
        ...counted,
        status: agent.status,
        models: run.models.length,
        withRoom: run.withRoom.length,
        isPricedOut: strategy === 'optimal' && hasSeats,
        isProved,
      }
      const reason = reasonFor(facts)
      return { agentId: agent.id, agentName: agent.name, reason, message: sentenceFor(reason, facts) }
    })
}

type Counted = Omit<Circumstances, 'status' | 'models' | 'withRoom' | 'isPricedOut' | 'isProved'> & {
  /** There was any seat to compete for. */
  readonly hasSeats: boolean
}

const NOTHING_COUNTED: Counted = {
  allowed: 0,
  reaching: 0,
  large: 0,
  acceptable: 0,
  demand: 1,
  bestScore: 0,
  minScore: 0,
  hasSeats: false,
}

function groupsByAgent(groups: AntiAffinity): ReadonlyMap<string, AntiAffinity> {
  const groupsOf = new Map<string, (readonly string[])[]>()
  for (const group of groups) for (const id of group) groupsOf.set(id, [...(groupsOf.get(id) ?? []), group])
  return groupsOf
}

/** @param closed - models with somebody of the row's groups. */
function countModels(run: Run, row: number, closed: ReadonlySet<RunModel>): Counted {
  const { cols, seats } = run.problem
  const { limits } = run
  const demand = limits.demands[row] as number
  const minScore = limits.minScoreOf(row)
  let [allowed, reaching, large, acceptable, bestScore] = [0, 0, 0, 0, 0]
  let hasSeats = false
  for (let col = 0; col < cols; col++) {
    const score = run.matchScores[row * cols + col] as number
    if (!limits.isAllowed(row, col) || score === -Infinity) continue
    allowed++
    bestScore = Math.max(bestScore, score)
    if (score < minScore) continue
    reaching++
    if (demand > 1 && demand > (seats[col] as number)) continue
    large++
    if (closed.has(run.withRoom[col] as RunModel)) continue
    acceptable++
    hasSeats ||= (seats[col] as number) > 0
  }
  return { allowed, reaching, large, acceptable, demand, bestScore, minScore, hasSeats }
}
