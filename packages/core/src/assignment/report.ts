import { MICROPOINTS_PER_POINT, roundToMicropoint } from '../scoring/points.js'
import type { Assignment, AssignmentResult, ModelUse } from './assignment.js'
import { explain } from './explain.js'
import type { AssignInput } from './input.js'
import { weighted, type Placement } from './placement.js'
import { demandOf } from './row-limits.js'
import type { Run, RunModel } from './run.js'
import { Sum } from './sum.js'
import { unassignedOf } from './unassigned.js'

/** The model of each assigned agent. */
type Chosen = ReadonlyMap<string, RunModel>

export function reportOf(input: AssignInput, run: Run, placement: Placement): AssignmentResult {
  const { proof } = placement
  const isOptimal = proof?.isOptimal ?? false
  const chosen = chosenModels(input, run, placement)
  const assignments = assignmentsOf(input, run, chosen, isOptimal)
  const models = modelUses(input, run, chosen, placement)
  const filteredModelIds = run.models.filter(({ isFiltered }) => isFiltered).map(({ model }) => model.id)
  const utilizations = models.flatMap(({ maxConcurrent, utilization }) =>
    maxConcurrent > 0 && utilization !== null ? [utilization] : [],
  )
  const unassigned = unassignedOf(input, run, chosen, isOptimal)
  return {
    assignments,
    unassigned,
    totalScore: roundToMicropoint(sumOf(assignments.map(({ score }) => score))),
    avgMatchScore: meanOf(assignments.map(({ matchScore }) => matchScore)),
    strategy: input.strategy,
    loadBalancing: input.loadBalancing,
    modelsFiltered: filteredModelIds.length,
    filteredModelIds,
    models,
    avgUtilization: meanOf(utilizations),
    isOptimal,
    optimalityGap: proof === undefined ? null : Math.max(0, proof.gap) / MICROPOINTS_PER_POINT,
    ...(input.explain === true
      ? { explanation: explain(input, run, placement, { assignments, unassigned }) }
      : {}),
  }
}

function chosenModels({ fixed }: AssignInput, run: Run, { columnOfRow }: Placement): Chosen {
  const chosen = new Map<string, RunModel>()
  run.waiting.forEach(({ id }, row) => {
    const model = run.withRoom[columnOfRow[row] ?? -1]
    if (model !== undefined) chosen.set(id, model)
  })
  const modelOfId = new Map(run.models.map((model) => [model.model.id, model]))
  for (const [agentId, modelId] of fixed ?? []) {
    const model = modelOfId.get(modelId)
    if (model !== undefined) chosen.set(agentId, model)
  }
  return chosen
}

/**
 * Scores are worked out from the placement, not taken from the strategy, so that one placement has one total: on each
 * model the manual agents come first, then the others in the order given, each at the utilization those before it leave.
 */
function assignmentsOf(
  input: AssignInput,
  run: Run,
  chosen: Chosen,
  isOptimal: boolean,
): readonly Assignment[] {
  const manual = new Map<RunModel, number>()
  const automatic = new Map<RunModel, number>()
  const { agents, fixed, strategy } = input
  const given = givenScore(input)
  return agents.flatMap((agent, row) => {
    const runModel = chosen.get(agent.id)
    if (runModel === undefined) return []
    const { model } = runModel
    const isManual = fixed?.has(agent.id) ?? false
    const demand = demandOf(input, agent.id)
    const before = isManual
      ? countUp(manual, runModel, demand)
      : runModel.manualUses + countUp(automatic, runModel, demand)
    const scored = run.judgement.score(agent, model, run.weights)
    const { capability, performance } = scored
    const score = given === undefined ? scored.score : roundToMicropoint(Math.max(0, given(row, model.id)))
    const isMeasured = given === undefined && scored.adjustment !== null
    return {
      agentId: agent.id,
      agentName: agent.name,
      modelId: model.id,
      modelName: model.name,
      score: weighted(score, run.factorOf(runModel, before)),
      matchScore: score,
      capabilityScore: given === undefined ? capability.score : score,
      measured:
        isMeasured && performance !== undefined
          ? {
              score: scored.performanceScore,
              adjustment: scored.adjustment,
              successRate: performance.successRate,
              latencyMs: performance.latencyMs,
            }
          : null,
      method: isManual ? 'manual' : strategy,
      isOptimal: isOptimal && !isManual,
      capabilityOverlap: capability.capabilityOverlap,
      missingRequired: capability.missingRequired,
    }
  })
}

function givenScore({ scores, models }: AssignInput) {
  if (scores === undefined) return undefined
  const colOf = new Map(models.map(({ id }, col) => [id, col]))
  return (row: number, modelId: string) =>
    scores[row * models.length + (colOf.get(modelId) as number)] as number
}

function modelUses(input: AssignInput, run: Run, chosen: Chosen, { proof }: Placement): readonly ModelUse[] {
  const assigned = new Map<RunModel, number>()
  const seatsTaken = new Map<RunModel, number>()
  for (const [agentId, model] of chosen) {
    countUp(assigned, model, 1)
    countUp(seatsTaken, model, demandOf(input, agentId))
  }
  const columnOf = new Map(run.withRoom.map((model, col) => [model, col]))
  return run.models.map((runModel) => {
    const { model, load } = runModel
    const { maxConcurrent } = model
    const taken = seatsTaken.get(runModel) ?? 0
    const col = columnOf.get(runModel)
    const utilization = maxConcurrent === 0 ? 0 : (load.activeRequests + taken) / maxConcurrent
    return {
      modelId: model.id,
      modelName: model.name,
      maxConcurrent,
      activeRequests: load.activeRequests,
      isKnown: load.isKnown,
      assigned: assigned.get(runModel) ?? 0,
      seatsTaken: taken,
      utilization: load.isKnown ? utilization : null,
      seatPrice: col === undefined ? null : (proof?.seatPrices?.[col] ?? null),
    }
  })
}

/** @returns the count before. */
function countUp<Key>(counts: Map<Key, number>, key: Key, by: number): number {
  const before = counts.get(key) ?? 0
  counts.set(key, before + by)
  return before
}

function sumOf(numbers: readonly number[]): number {
  const sum = new Sum()
  for (const number of numbers) sum.add(number)
  return sum.value
}

function meanOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : sumOf(numbers) / numbers.length
}
