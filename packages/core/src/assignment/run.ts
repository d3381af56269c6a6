import type { Agent } from '../catalog/agent.js'
import type { Model } from '../catalog/model.js'
import { DEFAULT_LOAD_WEIGHT, factorAt } from '../scoring/load-factor.js'
import { Judgement } from '../scoring/experience.js'
import { capabilityScores } from '../scoring/matrix.js'
import { roundToMicropoint } from '../scoring/points.js'
import { priorLoadOf, utilizationOf, type PriorLoad } from '../scoring/prior-load.js'
import { DEFAULT_CAPABILITY_WEIGHTS, type CapabilityWeights } from '../scoring/weights.js'
import type { AssignInput } from './input.js'
import type { PlacementProblem } from './placement.js'
import { demandOf, rowLimits, type RowLimits } from './row-limits.js'

/** A model with what it carries before the run. */
export interface RunModel {
  readonly model: Model
  readonly load: PriorLoad
  /** Seats that manual assignments take. */
  readonly manualUses: number
  /** No room before the run. */
  readonly isFiltered: boolean
}

/** One run laid out: who is fixed, who is to be placed, where there is room. */
export interface Run {
  readonly weights: CapabilityWeights
  readonly models: readonly RunModel[]
  /** The columns of `problem`. */
  readonly withRoom: readonly RunModel[]
  /** The rows of `problem`: online and not fixed. */
  readonly waiting: readonly Agent[]
  /** What is known of models besides what was declared. */
  readonly judgement: Judgement
  /** Before any limit is applied; the layout of `problem.scores`. */
  readonly matchScores: Float64Array
  /** What keeps rows from columns, whatever the others do. */
  readonly limits: RowLimits
  readonly problem: PlacementProblem
  /** Load factor of a model for the next agent when `placed` agents of this run are on it; 1 without load balancing. */
  factorOf(model: RunModel, placed: number): number
}

export function layOut(input: AssignInput): Run {
  const { weights = DEFAULT_CAPABILITY_WEIGHTS, loadWeight = DEFAULT_LOAD_WEIGHT } = input
  const models = runModels(input)
  const withRoom = models.filter(({ isFiltered }) => !isFiltered)
  const waiting = input.agents.filter(({ id, status }) => status === 'online' && !input.fixed?.has(id))
  const judgement = new Judgement(input.experience)
  const scores =
    givenScores(input, waiting, withRoom) ??
    matchScores(
      waiting,
      withRoom.map(({ model }) => model),
      weights,
      judgement,
    )
  const seats = withRoom.map(freeSeats)
  const limits = rowLimits(
    input,
    waiting,
    withRoom.map(({ model }) => model.id),
  )
  const factorOf = ({ model, load }: RunModel, placed: number) =>
    input.loadBalancing
      ? factorAt(utilizationOf(load, model, placed), model.targetUtilization, loadWeight)
      : 1
  return {
    weights,
    models,
    withRoom,
    waiting,
    judgement,
    matchScores: scores,
    limits,
    problem: {
      rows: waiting.length,
      cols: withRoom.length,
      scores: limits.isFree ? scores : limits.apply(scores, seats),
      seats,
      demands: limits.demands,
      groups: limits.groups,
      manualUses: withRoom.map(({ manualUses }) => manualUses),
      currentColumns: currentColumns(input, waiting, withRoom),
      switchingCost: input.switchingCost ?? 0,
      factorAt: (col, placed) => {
        const column = withRoom[col] as RunModel
        return factorOf(column, column.manualUses + placed)
      },
    },
    factorOf,
  }
}

/** Capability scores with what was learned, as `Judgement.score` tells them pair by pair. */
function matchScores(
  agents: readonly Agent[],
  models: readonly Model[],
  weights: CapabilityWeights,
  judgement: Judgement,
): Float64Array {
  if (judgement.isPlain) return capabilityScores(agents, models, weights)
  const ids = models.map(({ id }) => id)
  const scores = capabilityScores(agents, models, weights, (agent) => judgement.shiftsOf(agent, ids))
  agents.forEach((agent, row) => {
    ids.forEach((id, col) => {
      const cell = row * ids.length + col
      scores[cell] = judgement.adapt(scores[cell] as number, judgement.performance(id, agent.id)).score
    })
  })
  return scores
}

/** The part of the scores given that is in the run. */
function givenScores(
  { scores, agents, models }: AssignInput,
  waiting: readonly Agent[],
  withRoom: readonly RunModel[],
): Float64Array | undefined {
  if (scores === undefined) return undefined
  const rowOf = new Map(agents.map(({ id }, row) => [id, row]))
  const colOf = new Map(models.map(({ id }, col) => [id, col]))
  const columns = withRoom.map(({ model }) => colOf.get(model.id) as number)
  const part = new Float64Array(waiting.length * columns.length)
  waiting.forEach(({ id }, row) => {
    const base = (rowOf.get(id) as number) * models.length
    columns.forEach((column, col) => {
      part[row * columns.length + col] = roundToMicropoint(scores[base + column] as number)
    })
  })
  return part
}

function currentColumns(
  { current }: AssignInput,
  waiting: readonly Agent[],
  withRoom: readonly RunModel[],
): Int32Array {
  const columnOf = new Map(withRoom.map(({ model }, col) => [model.id, col]))
  return Int32Array.from(waiting, ({ id }) => columnOf.get(current?.get(id) ?? '') ?? -1)
}

function runModels(input: AssignInput): readonly RunModel[] {
  const { agents, models, loads, fixed } = input
  const manualUses = new Map<string, number>()
  for (const { id } of agents) {
    const modelId = fixed?.get(id)
    if (modelId !== undefined) {
      manualUses.set(modelId, (manualUses.get(modelId) ?? 0) + demandOf(input, id))
    }
  }
  return models.map((model) => {
    const load = priorLoadOf(model.id, loads)
    const isFiltered = load.activeRequests >= model.maxConcurrent
    return { model, load, manualUses: manualUses.get(model.id) ?? 0, isFiltered }
  })
}

/** Manual assignments may go beyond the limit; they never leave others with less than none. */
function freeSeats({ model, load, manualUses }: RunModel): number {
  return Math.max(0, model.maxConcurrent - load.activeRequests - manualUses)
}
