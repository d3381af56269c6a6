import type { Agent } from '../catalog/agent.js'
import type { Model } from '../catalog/model.js'
import { DEFAULT_LOAD_WEIGHT, factorAt } from '../scoring/load-factor.js'
import { capabilityScores } from '../scoring/matrix.js'
import { priorLoadOf, utilizationOf, type PriorLoad } from '../scoring/prior-load.js'
import { DEFAULT_CAPABILITY_WEIGHTS, type CapabilityWeights } from '../scoring/weights.js'
import type { AssignInput } from './input.js'
import type { PlacementProblem } from './placement.js'

/** A model with what it carries before the run. */
export interface RunModel {
  readonly model: Model
  readonly load: PriorLoad
  readonly manualUses: number
  /** No room before the run. */
  readonly isFiltered: boolean
}

/** One run laid out: who is fixed, who is to be placed, where there is room. */
export interface Run {
  readonly weights: CapabilityWeights
  readonly minScore: number
  readonly models: readonly RunModel[]
  /** The columns of `problem`. */
  readonly withRoom: readonly RunModel[]
  /** The rows of `problem`: online and not fixed. */
  readonly waiting: readonly Agent[]
  /** Before the minimum score is applied; the layout of `problem.scores`. */
  readonly capabilityScores: Float64Array
  readonly problem: PlacementProblem
  /** Load factor of a model for the next agent when `placed` agents of this run are on it; 1 without load balancing. */
  factorOf(model: RunModel, placed: number): number
}

export function layOut(input: AssignInput): Run {
  const { weights = DEFAULT_CAPABILITY_WEIGHTS, minScore = 0, loadWeight = DEFAULT_LOAD_WEIGHT } = input
  const models = runModels(input)
  const withRoom = models.filter(({ isFiltered }) => !isFiltered)
  const waiting = input.agents.filter(({ id, status }) => status === 'online' && !input.fixed?.has(id))
  const scores = capabilityScores(
    waiting,
    withRoom.map(({ model }) => model),
    weights,
  )
  const factorOf = ({ model, load }: RunModel, placed: number) =>
    input.loadBalancing
      ? factorAt(utilizationOf(load, model, placed), model.targetUtilization, loadWeight)
      : 1
  return {
    weights,
    minScore,
    models,
    withRoom,
    waiting,
    capabilityScores: scores,
    problem: {
      rows: waiting.length,
      cols: withRoom.length,
      scores: minScore > 0 ? scores.map((score) => (score < minScore ? -Infinity : score)) : scores,
      seats: withRoom.map(freeSeats),
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

function currentColumns(
  { current }: AssignInput,
  waiting: readonly Agent[],
  withRoom: readonly RunModel[],
): Int32Array {
  const columnOf = new Map(withRoom.map(({ model }, col) => [model.id, col]))
  return Int32Array.from(waiting, ({ id }) => columnOf.get(current?.get(id) ?? '') ?? -1)
}

function runModels({ agents, models, loads, fixed }: AssignInput): readonly RunModel[] {
  const manualUses = new Map<string, number>()
  for (const { id } of agents) {
    const modelId = fixed?.get(id)
    if (modelId !== undefined) manualUses.set(modelId, (manualUses.get(modelId) ?? 0) + 1)
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
