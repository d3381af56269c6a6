import { checkDemand } from '../catalog/agent-check.js'
import type { Capability, Demand } from '../catalog/capability.js'
import type { Model } from '../catalog/model.js'
import { checkModels } from '../catalog/model-check.js'
import {
  combine,
  contextShare,
  distinct,
  explainCapability,
  shifted,
  strengthOf,
  type CapabilityScore,
} from './capability.js'
import { checkLoadWeight, DEFAULT_LOAD_WEIGHT, factorAt } from './load-factor.js'
import { roundToMicropoint } from './points.js'
import { checkLoads, priorLoadOf, utilizationOf, type PriorLoads } from './prior-load.js'
import { checkWeights, DEFAULT_CAPABILITY_WEIGHTS, type CapabilityWeights } from './weights.js'

export interface ScoreMatrixInput {
  readonly agents: readonly Demand[]
  readonly models: readonly Model[]
  /** When given, each score is multiplied by the load factor of its model. */
  readonly loads?: PriorLoads
  /** 0..1, default 0.3; only used with `loads`. */
  readonly loadWeight?: number
  readonly weights?: CapabilityWeights
}

/** Why a pair scores as it does. */
export interface PairReasons {
  readonly capability: CapabilityScore
  /** `null` when unknown, or when no loads were given. */
  readonly utilization: number | null
  /** 1 when no loads were given. */
  readonly loadFactor: number
  /** `capability.score × loadFactor`, the cell of the matrix. */
  readonly score: number
}

/** Scores of every agent (row) with every model (column). */
export interface ScoreMatrix {
  readonly rows: number
  readonly cols: number
  /** `rows × cols`, row-major, 0..100 in whole millionths. */
  readonly scores: Float64Array
  /** Worked out anew at each call, so that a million cells carry no reasons. @throws RangeError outside the matrix. */
  explainPair(row: number, col: number): PairReasons
}

/**
 * The score of every pair; each cell equals `explainPair(row, col).score` to the last bit.
 *
 * O(rows · cols · capabilities asked for); names are looked up once per model, not once per pair.
 *
 * @throws {LoadstarError} for agents, models, loads or weights that do not check.
 */
export function scoreMatrix(input: ScoreMatrixInput): ScoreMatrix {
  const { agents, models, loads } = input
  const { loadWeight = DEFAULT_LOAD_WEIGHT, weights = DEFAULT_CAPABILITY_WEIGHTS } = input
  agents.forEach((agent, i) => checkDemand(agent, `agents[${i}]`))
  checkModels(models)
  checkLoads(loads)
  checkLoadWeight(loadWeight)
  checkWeights(weights)
  const rows = agents.length
  const cols = models.length
  const utilizations = models.map((model) => utilizationOf(priorLoadOf(model.id, loads), model))
  const factors = models.map((model, j) =>
    loads === undefined ? 1 : factorAt(utilizations[j] ?? null, model.targetUtilization, loadWeight),
  )
  const scores = capabilityScores(agents, models, weights)
  if (loads !== undefined) weigh(scores, factors)
  return {
    rows,
    cols,
    scores,
    explainPair(row, col) {
      const agent = agents[row]
      const model = models[col]
      if (agent === undefined || model === undefined) {
        throw new RangeError(`pair (${row}, ${col}) is outside a ${rows} × ${cols} matrix`)
      }
      const capability = explainCapability(agent, model, weights)
      const factor = factors[col] ?? 1
      const utilization = loads === undefined ? null : (utilizations[col] ?? null)
      const score = loads === undefined ? capability.score : roundToMicropoint(capability.score * factor)
      return { capability, utilization, loadFactor: factor, score }
    },
  }
}

/**
 * Capability scores alone, row-major, of checked input.
 *
 * @param shiftsOf - by model, what feedback adds to the strength for a demand; `undefined` where it adds nothing.
 */
export function capabilityScores(
  agents: readonly Demand[],
  models: readonly Model[],
  weights: CapabilityWeights,
  shiftsOf?: (agent: Demand) => readonly number[] | undefined,
): Float64Array {
  const cols = models.length
  const strengths = strengthTable(agents, models)
  const scores = new Float64Array(agents.length * cols)
  const required = new Float64Array(cols)
  const preferred = new Float64Array(cols)
  agents.forEach((agent, row) => {
    meanStrengths(required, distinct(agent.requiredCapabilities), strengths)
    meanStrengths(preferred, distinct(agent.preferredCapabilities), strengths)
    const shifts = shiftsOf?.(agent)
    models.forEach(({ contextLength }, col) => {
      const context = contextShare(agent.minContextLength, contextLength)
      const strength = shifted(required[col] as number, shifts?.[col] ?? 0)
      scores[row * cols + col] = combine(strength, preferred[col] as number, context, weights)
    })
  })
  return scores
}

/** For each capability that any agent asks for, its strength in every model. */
function strengthTable(
  agents: readonly Demand[],
  models: readonly Model[],
): ReadonlyMap<Capability, Float64Array> {
  const table = new Map<Capability, Float64Array>()
  for (const agent of agents) {
    for (const names of [agent.requiredCapabilities, agent.preferredCapabilities]) {
      for (const name of names) {
        if (table.has(name)) continue
        table.set(
          name,
          Float64Array.from(models, (model) => strengthOf(model.capabilities, name)),
        )
      }
    }
  }
  return table
}

/** Adds in the order of `names`, as `explainCapability` does, so that both round alike. */
function meanStrengths(
  means: Float64Array,
  names: readonly Capability[],
  table: ReadonlyMap<Capability, Float64Array>,
): void {
  if (names.length === 0) {
    means.fill(1)
    return
  }
  means.fill(0)
  for (const name of names) {
    const strengths = table.get(name)
    if (strengths === undefined) continue
    for (let col = 0; col < means.length; col++) {
      means[col] = (means[col] as number) + (strengths[col] as number)
    }
  }
  for (let col = 0; col < means.length; col++) means[col] = (means[col] as number) / names.length
}

function weigh(scores: Float64Array, factors: readonly number[]): void {
  const cols = factors.length
  for (let cell = 0; cell < scores.length; cell++) {
    scores[cell] = roundToMicropoint((scores[cell] as number) * (factors[cell % cols] as number))
  }
}
