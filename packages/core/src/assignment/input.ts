import type { Agent } from '../catalog/agent.js'
import { checkAgents } from '../catalog/agent-check.js'
import type { Model } from '../catalog/model.js'
import { checkModels } from '../catalog/model-check.js'
import { LoadstarError } from '../error.js'
import type { Experience } from '../scoring/experience.js'
import { checkLoadWeight } from '../scoring/load-factor.js'
import { checkLoads, type PriorLoads } from '../scoring/prior-load.js'
import { checkWeights, type CapabilityWeights } from '../scoring/weights.js'
import {
  checkAntiAffinity,
  checkConstraints,
  type AgentConstraints,
  type AntiAffinity,
} from './constraint.js'
import { STRATEGIES, type Strategy } from './strategy.js'

export interface AssignInput {
  /** Greedy and balanced serve them in this order. */
  readonly agents: readonly Agent[]
  /** Ties go to the earlier one. */
  readonly models: readonly Model[]
  readonly strategy: Strategy
  /** Whether load lowers scores. Models without room are left out either way. */
  readonly loadBalancing: boolean
  /** Without it all models are idle; loads of models not in `models` are ignored. */
  readonly loads?: PriorLoads
  /**
   * Manual assignments, agent id → model id. Kept whatever the agent's status, the model's load or the minimum score;
   * each takes a seat before any other agent is placed.
   */
  readonly fixed?: ReadonlyMap<string, string>
  /**
   * Where agents are, agent id → model id, for `switchingCost` to keep them there. What names no agent or model of the
   * run is ignored: the last run may have known others. Optimal only.
   */
  readonly current?: ReadonlyMap<string, string>
  /**
   * Points that taking an agent off its current model must gain in all, or it stays; 0..1,000,000, default 0. Reported
   * scores are without it. Optimal only.
   */
  readonly switchingCost?: number
  /** 0..1, default 0.3. */
  readonly loadWeight?: number
  /** Default 0.70 / 0.20 / 0.10. */
  readonly weights?: CapabilityWeights
  /** What was learned of the models; match scores are the capability scores when left out. */
  readonly experience?: Experience
  /** Least match score of a pairing, 0..100, default 0. */
  readonly minScore?: number
  /**
   * Match scores to be used instead of scoring capabilities: `agents × models`, row-major, each 0..100, rounded to
   * millionths; `-Infinity` forbids the pair. `weights` and `experience` have no effect then.
   */
  readonly scores?: Float64Array
  /** What agents insist on, by agent id. */
  readonly constraints?: AgentConstraints
  /** Members of a group never share a model; manual assignments stand, and keep the others of their group away. */
  readonly antiAffinity?: AntiAffinity
  /** Adds `explanation` to the result; default false. Costs O(agents · models + models³), and a solve per model where small. */
  readonly explain?: boolean
}

/** In points; thousands of agents times this still add up without rounding in whole millionths. */
const DEAREST_SWITCH = 1_000_000

/** @throws {LoadstarError} naming the first offending field. */
export function checkAssignInput(input: AssignInput): void {
  const { agents, models, strategy, loadBalancing, loads, fixed, loadWeight, weights } = input
  const { minScore, scores, constraints, antiAffinity, explain } = input
  checkAgents(agents)
  checkModels(models)
  if (!STRATEGIES.includes(strategy)) {
    throw new LoadstarError(
      'STRATEGY_UNKNOWN',
      'strategy',
      `must be one of ${STRATEGIES.join(', ')}`,
      strategy,
    )
  }
  if (typeof loadBalancing !== 'boolean') {
    throw new LoadstarError('OPTION_INVALID', 'enable_load_balancing', 'must be true or false', loadBalancing)
  }
  checkLoads(loads)
  if (loadWeight !== undefined) checkLoadWeight(loadWeight)
  if (weights !== undefined) checkWeights(weights)
  if (minScore !== undefined && !(minScore >= 0 && minScore <= 100)) {
    throw new LoadstarError('OPTION_INVALID', 'min_score', 'must be within 0..100', minScore)
  }
  if (explain !== undefined && typeof explain !== 'boolean') {
    throw new LoadstarError('OPTION_INVALID', 'explain', 'must be true or false', explain)
  }
  if (fixed !== undefined) checkFixed(fixed, agents, models)
  if (scores !== undefined) checkScores(scores, agents, models)
  if (constraints !== undefined) checkConstraints(constraints, agents, models)
  if (antiAffinity !== undefined) checkAntiAffinity(antiAffinity, agents)
  checkSwitching(input)
}

function checkScores(scores: Float64Array, agents: readonly Agent[], models: readonly Model[]): void {
  const cells = agents.length * models.length
  if (scores.length !== cells) {
    throw new LoadstarError(
      'SCORES_INVALID',
      'scores',
      `must hold agents × models = ${cells} numbers`,
      scores.length,
    )
  }
  const cell = scores.findIndex((score) => !((score >= 0 && score <= 100) || score === -Infinity))
  if (cell === -1) return
  throw new LoadstarError(
    'SCORES_INVALID',
    `scores[${cell}]`,
    'must be within 0..100 or -Infinity',
    scores[cell],
  )
}

function checkSwitching({ strategy, current, switchingCost }: AssignInput): void {
  if (switchingCost !== undefined && !(switchingCost >= 0 && switchingCost <= DEAREST_SWITCH)) {
    throw new LoadstarError(
      'OPTION_INVALID',
      'switching_cost',
      `must be within 0..${DEAREST_SWITCH}`,
      switchingCost,
    )
  }
  if (strategy === 'optimal' || (current === undefined && switchingCost === undefined)) return
  const field = current === undefined ? 'switching_cost' : 'current'
  throw new LoadstarError('OPTION_INVALID', field, 'must be left out unless strategy is optimal', strategy)
}

function checkFixed(
  fixed: ReadonlyMap<string, string>,
  agents: readonly Agent[],
  models: readonly Model[],
): void {
  const agentIds = new Set(agents.map(({ id }) => id))
  const modelIds = new Set(models.map(({ id }) => id))
  for (const [agentId, modelId] of fixed) {
    const field = `fixed[${JSON.stringify(agentId)}]`
    if (!agentIds.has(agentId)) {
      throw new LoadstarError('OPTION_INVALID', field, 'must belong to an agent of the run', agentId)
    }
    if (!modelIds.has(modelId)) {
      throw new LoadstarError('UNKNOWN_MODEL', field, 'must name a model of the run', modelId)
    }
  }
}
