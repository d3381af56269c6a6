import {
  type Assignment,
  type AssignInput,
  type AssignmentResult,
  reliefSeats,
  type Relieved,
} from '@loadstar/core'
import type { AssignmentEntry } from '../registry/entry.js'
import type { Registry } from '../registry/registry.js'

export interface Move {
  readonly agentId: string
  readonly from: string
  readonly to: string
}

interface RedistributionDeps {
  readonly registry: Pick<Registry, 'agents' | 'models' | 'activeAssignments' | 'replaceAutomatic'>
  readonly solve: (input: AssignInput) => Promise<AssignmentResult>
}

interface Wanted {
  /** Models that are to lose agents. */
  readonly hot: ReadonlySet<string>
  /** Share of `max_concurrent` to which models may be used, in (0, 1]. */
  readonly share: number
  /** Requests at each model, in the mean of late. */
  readonly activeOf: (modelId: string) => number
  /** Points of match score that a move may cost an agent. */
  readonly maxScoreLoss: number
}

/** Points that a move must gain: only who has to move does. */
const SWITCHING_COST = 1_000

/**
 * Moves as few agents as may be off the models that are used too much, and stores it. Manual assignments stay, and so do
 * agents that would get no model or one that suits them much less.
 *
 * @returns what has moved.
 * @throws what the solver and the store throw.
 */
export async function redistribute(
  { registry, solve }: RedistributionDeps,
  { hot, share, activeOf, maxScoreLoss }: Wanted,
): Promise<readonly Move[]> {
  const assigned = registry.activeAssignments()
  const relieved = registry.models().map(({ id, maxConcurrent }): Relieved => {
    const count = assigned.filter(({ modelId }) => modelId === id).length
    return { modelId: id, maxConcurrent, activeRequests: activeOf(id), assigned: count, isHot: hot.has(id) }
  })
  const automatic = new Map(
    assigned.filter(({ method }) => method !== 'manual').map((entry) => [entry.agentId, entry]),
  )
  if (![...automatic.values()].some(({ modelId }) => hot.has(modelId))) return []
  const seats = reliefSeats(relieved, share)
  const known = new Set(assigned.map(({ agentId }) => agentId))
  const { assignments } = await solve({
    // Whoever has no assignment is none of this.
    agents: registry.agents().filter(({ id }) => known.has(id)),
    models: registry.models().map((model) => ({ ...model, maxConcurrent: seats.get(model.id) ?? 0 })),
    strategy: 'optimal',
    loadBalancing: false,
    fixed: new Map(
      assigned.filter(({ method }) => method === 'manual').map(({ agentId, modelId }) => [agentId, modelId]),
    ),
    current: new Map([...automatic.values()].map(({ agentId, modelId }) => [agentId, modelId])),
    switchingCost: SWITCHING_COST,
  })
  return store(registry, automatic, assignments, maxScoreLoss)
}

async function store(
  registry: RedistributionDeps['registry'],
  automatic: ReadonlyMap<string, AssignmentEntry>,
  assignments: readonly Assignment[],
  maxScoreLoss: number,
): Promise<readonly Move[]> {
  const proposed = new Map(assignments.map((pairing) => [pairing.agentId, pairing]))
  const moves: Move[] = []
  const next = [...automatic.values()].map((entry): Assignment => {
    const pairing = proposed.get(entry.agentId)
    if (pairing === undefined || pairing.modelId === entry.modelId) return entry
    if (entry.matchScore - pairing.matchScore > maxScoreLoss) return entry
    moves.push({ agentId: entry.agentId, from: entry.modelId, to: pairing.modelId })
    return pairing
  })
  if (moves.length > 0) await registry.replaceAutomatic(next)
  return moves
}
