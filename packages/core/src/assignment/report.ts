import type { Agent } from '../catalog/agent.js'
import { explainCapability } from '../scoring/capability.js'
import { MICROPOINTS_PER_POINT, roundToMicropoint } from '../scoring/points.js'
import type { Assignment, AssignmentResult, ModelUse, Unassigned } from './assignment.js'
import { explain } from './explain.js'
import type { AssignInput } from './input.js'
import { weighted, type Placement } from './placement.js'
import { reasonFor, sentenceFor, type Circumstances } from './reason.js'
import type { Run, RunModel } from './run.js'
import { Sum } from './sum.js'

/** The model of each assigned agent. */
type Chosen = ReadonlyMap<string, RunModel>

export function reportOf(input: AssignInput, run: Run, placement: Placement): AssignmentResult {
  const { proof } = placement
  const isOptimal = proof?.certificate.isOptimal ?? false
  const chosen = chosenModels(input, run, placement)
  const assignments = assignmentsOf(input, run, chosen, isOptimal)
  const models = modelUses(run, chosen, placement)
  const filteredModelIds = run.models.filter(({ isFiltered }) => isFiltered).map(({ model }) => model.id)
  const utilizations = models.flatMap(({ maxConcurrent, utilization }) =>
    maxConcurrent > 0 && utilization !== null ? [utilization] : [],
  )
  const unassigned = unassignedOf(input, run, chosen)
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
    optimalityGap: proof === undefined ? null : Math.max(0, proof.certificate.gap) / MICROPOINTS_PER_POINT,
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
  { agents, fixed, strategy }: AssignInput,
  run: Run,
  chosen: Chosen,
  isOptimal: boolean,
): readonly Assignment[] {
  const manual = new Map<RunModel, number>()
  const automatic = new Map<RunModel, number>()
  return agents.flatMap((agent) => {
    const runModel = chosen.get(agent.id)
    if (runModel === undefined) return []
    const { model } = runModel
    const isManual = fixed?.has(agent.id) ?? false
    const before = isManual ? countUp(manual, runModel) : runModel.manualUses + countUp(automatic, runModel)
    const { score, capabilityOverlap, missingRequired } = explainCapability(agent, model, run.weights)
    return {
      agentId: agent.id,
      agentName: agent.name,
      modelId: model.id,
      modelName: model.name,
      score: weighted(score, run.factorOf(runModel, before)),
      matchScore: score,
      capabilityScore: score,
      method: isManual ? 'manual' : strategy,
      isOptimal: isOptimal && !isManual,
      capabilityOverlap,
      missingRequired,
    }
  })
}

function unassignedOf({ agents, strategy }: AssignInput, run: Run, chosen: Chosen): readonly Unassigned[] {
  const rowOf = new Map(run.waiting.map(({ id }, row) => [id, row]))
  return agents
    .filter(({ id }) => !chosen.has(id))
    .map((agent: Agent) => {
      const facts = circumstances(agent, rowOf.get(agent.id), run, strategy === 'optimal')
      const reason = reasonFor(facts)
      return { agentId: agent.id, agentName: agent.name, reason, message: sentenceFor(reason, facts) }
    })
}

function circumstances(agent: Agent, row: number | undefined, run: Run, isPriced: boolean): Circumstances {
  const { cols, scores, seats } = run.problem
  let bestScore = 0
  let acceptable = 0
  let seatsToCompeteFor = 0
  for (let col = 0; row !== undefined && col < cols; col++) {
    bestScore = Math.max(bestScore, run.capabilityScores[row * cols + col] as number)
    if (scores[row * cols + col] === -Infinity) continue
    acceptable++
    seatsToCompeteFor += seats[col] as number
  }
  return {
    status: agent.status,
    models: run.models.length,
    withRoom: cols,
    acceptable,
    bestScore,
    minScore: run.minScore,
    isPricedOut: isPriced && seatsToCompeteFor > 0,
  }
}

function modelUses(run: Run, chosen: Chosen, { proof }: Placement): readonly ModelUse[] {
  const assigned = new Map<RunModel, number>()
  for (const model of chosen.values()) countUp(assigned, model)
  const columnOf = new Map(run.withRoom.map((model, col) => [model, col]))
  return run.models.map((runModel) => {
    const { model, load } = runModel
    const { maxConcurrent } = model
    const used = assigned.get(runModel) ?? 0
    const col = columnOf.get(runModel)
    const utilization = maxConcurrent === 0 ? 0 : (load.activeRequests + used) / maxConcurrent
    return {
      modelId: model.id,
      modelName: model.name,
      maxConcurrent,
      activeRequests: load.activeRequests,
      isKnown: load.isKnown,
      assigned: used,
      utilization: load.isKnown ? utilization : null,
      seatPrice: col === undefined ? null : (proof?.seatPrices[col] ?? null),
    }
  })
}

/** @returns the count before. */
function countUp<Key>(counts: Map<Key, number>, key: Key): number {
  const before = counts.get(key) ?? 0
  counts.set(key, before + 1)
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
