import { checkNotNegative, checkPositive, invalid } from '../health/check.js'
import type { Strengths } from '../catalog/capability.js'
import { demandOfTask, type TaskType } from '../catalog/task-type.js'
import { betaQuantile } from './beta.js'
import { strengthOf } from './capability.js'

/**
 * What feedback does to declared strengths. `off`: nothing. `blend`: declared strength counts as so many votes as its
 * weight says, and feedback adds its own. `replace`: once feedback weighs as much as that, it speaks alone.
 */
export const QUALITY_MODES = ['off', 'blend', 'replace'] as const
export type QualityMode = (typeof QUALITY_MODES)[number]

export interface QualityOptions {
  /** Default `blend`: it says what is declared while nobody has voted, and comes to what is voted without a jump. */
  readonly mode?: QualityMode
  /** Votes that a declared strength is worth, > 0; default 10. */
  readonly priorWeight?: number
}

/** Votes on one model at one task type. */
export interface Votes {
  /** How many, older ones counting less; ≥ 0. */
  readonly weight: number
  /** Sum of their scores, 0..weight. */
  readonly sum: number
}

export const NO_VOTES: Votes = { weight: 0, sum: 0 }

/** How good a model is at a task type, as a Beta distribution. */
export interface Quality {
  /** Mean strength declared for what the task type requires, 0..1. */
  readonly declared: number
  /** Expected score, 0..1; what is used in place of `declared` unless the mode is `off`. */
  readonly mean: number
  /** Standard deviation of what it may truly be. */
  readonly deviation: number
  readonly alpha: number
  readonly beta: number
}

/** Counts of an unbiased coin nobody has thrown (Jeffreys): what `replace` begins from. */
const INDIFFERENT = 0.5
/** A declared strength of 0 or 1 is no certainty: votes could not move a prior without a second side. */
const LEAST_PRIOR = 0.01

/** @throws {LoadstarError} `OPTION_INVALID`. */
export function resolveQuality({
  mode = 'blend',
  priorWeight = 10,
}: QualityOptions = {}): Required<QualityOptions> {
  if (!QUALITY_MODES.includes(mode)) {
    throw invalid('scoring.quality.mode', `must be one of ${QUALITY_MODES.join(', ')}`, mode)
  }
  checkPositive(priorWeight, 'scoring.quality.prior_weight')
  return { mode, priorWeight }
}

/** The strength declared for a task type: the mean over what it requires. */
export function declaredStrength(strengths: Strengths, task: TaskType): number {
  const { requiredCapabilities } = demandOfTask(task)
  let sum = 0
  for (const name of requiredCapabilities) sum += strengthOf(strengths, name)
  return sum / requiredCapabilities.length
}

/** What is to be thought of a model after these votes. @throws {LoadstarError} `OPTION_INVALID`. */
export function estimateQuality(declared: number, votes: Votes, options?: QualityOptions): Quality {
  const { mode, priorWeight } = resolveQuality(options)
  checkNotNegative(votes.weight, 'votes.weight')
  checkNotNegative(votes.sum, 'votes.sum')
  const against = Math.max(0, votes.weight - votes.sum)
  const speaksAlone = mode === 'replace' && votes.weight >= priorWeight
  const prior = Math.min(1 - LEAST_PRIOR, Math.max(LEAST_PRIOR, declared))
  const alpha = votes.sum + (speaksAlone ? INDIFFERENT : priorWeight * prior)
  const beta = against + (speaksAlone ? INDIFFERENT : priorWeight * (1 - prior))
  const weight = alpha + beta
  const mean = alpha / weight
  return { declared, mean, deviation: Math.sqrt((mean * (1 - mean)) / (weight + 1)), alpha, beta }
}

/** What feedback adds to a declared strength, −1..1: nothing at all without votes, whatever the prior. */
export function strengthShift(declared: number, votes: Votes, options?: QualityOptions): number {
  if (votes.weight === 0 || options?.mode === 'off') return 0
  return estimateQuality(declared, votes, options).mean - declared
}

/** The interval that holds the true quality with a probability of 0.95, tails alike. About 50 µs. */
export function credibleInterval({ alpha, beta }: Quality): { readonly low: number; readonly high: number } {
  return { low: betaQuantile(0.025, alpha, beta), high: betaQuantile(0.975, alpha, beta) }
}
