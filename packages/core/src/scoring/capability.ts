import { checkDemand } from '../catalog/agent-check.js'
import type { Capability, Demand, Strengths } from '../catalog/capability.js'
import type { Model } from '../catalog/model.js'
import { checkProfile } from '../catalog/model-check.js'
import { roundToMicropoint } from './points.js'
import { checkWeights, DEFAULT_CAPABILITY_WEIGHTS, type CapabilityWeights } from './weights.js'

/** What scoring reads of a model. */
export type ModelProfile = Pick<Model, 'capabilities' | 'contextLength'>

/** How well a model meets a demand, and why. */
export interface CapabilityScore {
  /** 0..100, a whole number of millionths. */
  readonly score: number
  /** Mean strength over the required capabilities, 0..1, with what feedback adds to it; 1 when none is required. */
  readonly required: number
  /** Mean strength over the preferred capabilities, 0..1; 1 when none is preferred. */
  readonly preferred: number
  /** Context length / minimum asked for, at most 1; 1 when there is no minimum. */
  readonly context: number
  /** Required capabilities the model has (strength above 0), in the order given, each once. */
  readonly capabilityOverlap: readonly Capability[]
  /** Required capabilities the model lacks, in the order given, each once. */
  readonly missingRequired: readonly Capability[]
}

/**
 * `100 × (0.70·required + 0.20·preferred + 0.10·context)`.
 *
 * A missing capability lowers the score and never forbids the pair.
 *
 * @throws {LoadstarError} `WEIGHTS_INVALID`, `STRENGTH_INVALID`, `AGENT_INVALID` or `OPTION_INVALID`.
 */
export function scoreCapability(
  demand: Demand,
  model: ModelProfile,
  weights: CapabilityWeights = DEFAULT_CAPABILITY_WEIGHTS,
): CapabilityScore {
  checkDemand(demand, 'demand')
  checkProfile(model, 'model')
  checkWeights(weights)
  return explainCapability(demand, model, weights)
}

/**
 * `scoreCapability` for a caller that has checked its input.
 *
 * @param shift - what feedback adds to the mean strength over the required capabilities, −1..1.
 */
export function explainCapability(
  demand: Demand,
  model: ModelProfile,
  weights: CapabilityWeights,
  shift = 0,
): CapabilityScore {
  const names = distinct(demand.requiredCapabilities)
  const required = shifted(meanStrength(names, model.capabilities), shift)
  const preferred = meanStrength(distinct(demand.preferredCapabilities), model.capabilities)
  const context = contextShare(demand.minContextLength, model.contextLength)
  return {
    score: combine(required, preferred, context, weights),
    required,
    preferred,
    context,
    capabilityOverlap: names.filter((name) => strengthOf(model.capabilities, name) > 0),
    missingRequired: names.filter((name) => strengthOf(model.capabilities, name) === 0),
  }
}

/** The score of three shares, each 0..1; points on the grid of millionths. */
export function combine(
  required: number,
  preferred: number,
  context: number,
  weights: CapabilityWeights,
): number {
  const share = weights.required * required + weights.preferred * preferred + weights.context * context
  // Weights may sum to a little more than 1.
  return roundToMicropoint(100 * Math.min(1, share))
}

/** A strength with what was learned of it, 0..1; to the last bit itself where nothing was. */
export function shifted(strength: number, shift: number): number {
  return shift === 0 ? strength : Math.min(1, Math.max(0, strength + shift))
}

/** Own properties only: a capability called `constructor` is one the model lacks. */
export function strengthOf(strengths: Strengths, name: Capability): number {
  return Object.hasOwn(strengths, name) ? (strengths[name] ?? 0) : 0
}

export function contextShare(minContextLength: number | undefined, contextLength: number): number {
  return minContextLength === undefined || minContextLength <= contextLength
    ? 1
    : contextLength / minContextLength
}

export function distinct(names: readonly Capability[]): readonly Capability[] {
  return names.length < 2 ? names : [...new Set(names)]
}

function meanStrength(names: readonly Capability[], strengths: Strengths): number {
  if (names.length === 0) return 1
  let sum = 0
  for (const name of names) sum += strengthOf(strengths, name)
  return sum / names.length
}
