import { checkMs } from '../load/check.js'
import type { ModelLoad } from '../load/load.js'
import { slotsForUse } from '../load/target-slots.js'
import { TARGET_TOLERANCE } from '../scoring/load-factor.js'
import { checkRules, type CapacityRule } from './rule.js'

/** How one rule stands at one model. */
export interface RuleState {
  readonly rule: CapacityRule
  readonly modelId: string
  readonly isInForce: boolean
  /** Mean of some seconds; `null` before it was known. */
  readonly utilization: number | null
  /** Since when it is in force, or else at its threshold; `null` where neither. */
  readonly sinceMs: number | null
}

/** A rule came into force at a model, or let go of it. */
export interface RuleChange {
  readonly kind: 'engaged' | 'released'
  readonly rule: CapacityRule
  readonly modelId: string
  readonly utilization: number | null
}

/** Milliseconds over which utilization is averaged: what is looked at every now and then is noise. */
const AVERAGED_MS = 5_000

interface Sample {
  readonly share: number
  readonly atMs: number
}

interface Standing {
  isInForce: boolean
  /** Since when it is in force. */
  engagedMs: number
  /** Since when it is at the threshold, or, while in force, below the release; `undefined` while not. */
  crossedMs: number | undefined
}

type Watched = Pick<
  ModelLoad,
  'modelId' | 'activeRequests' | 'utilization' | 'maxConcurrent' | 'targetUtilization'
>

/**
 * Follows how much models are used, and says when a rule comes into force and when it lets go: each needs its threshold,
 * a lower one on the way back, for its time. A state machine without a clock; a call costs O(models · rules).
 *
 * Utilization is `active / max_concurrent`, the mean of what was seen within five seconds. Where all slots within `target_utilization` are in
 * use it counts as that target at least: of three slots with a target of 0.8 two are, and a rule at 0.8 means just that. While
 * it is unknown nothing changes: an unknown load is neither full nor free.
 */
export class RuleWatch {
  readonly rules: readonly CapacityRule[]
  readonly #samples = new Map<string, Sample[]>()
  /** By rule, then by model. */
  readonly #standing: readonly Map<string, Standing>[]

  /** @throws {LoadstarError} `ID_INVALID`, `DUPLICATE_ID` or `OPTION_INVALID` naming the field. */
  constructor(rules: readonly CapacityRule[]) {
    checkRules(rules)
    this.rules = rules
    this.#standing = rules.map(() => new Map<string, Standing>())
  }

  /** @param loads - of all models there are; rules let go of those that are not among them. */
  evaluate(loads: readonly Watched[], nowMs: number): readonly RuleChange[] {
    checkMs(nowMs, 'now_ms')
    const there = new Set(loads.map(({ modelId }) => modelId))
    for (const modelId of this.#samples.keys()) if (!there.has(modelId)) this.#samples.delete(modelId)
    for (const load of loads) this.#sample(load, nowMs)
    const changes: RuleChange[] = []
    this.rules.forEach((rule, index) => {
      const standing = this.#standing[index] as Map<string, Standing>
      for (const [modelId, { isInForce }] of standing) {
        if (there.has(modelId)) continue
        standing.delete(modelId)
        if (isInForce) changes.push({ kind: 'released', rule, modelId, utilization: null })
      }
      for (const { modelId } of loads) {
        if (rule.modelIds !== undefined && !rule.modelIds.includes(modelId)) continue
        const share = this.#meanOf(modelId)
        const change = share === null ? undefined : step(standingOf(standing, modelId), rule, share, nowMs)
        if (change !== undefined) changes.push({ kind: change, rule, modelId, utilization: share })
      }
    })
    return changes
  }

  /** How every rule stands at every model it is about. */
  states(): readonly RuleState[] {
    return this.rules.flatMap((rule, index) =>
      [...(this.#standing[index] as Map<string, Standing>)].map(
        ([modelId, { isInForce, engagedMs, crossedMs }]): RuleState => ({
          rule,
          modelId,
          isInForce,
          utilization: this.#meanOf(modelId),
          sinceMs: isInForce ? engagedMs : (crossedMs ?? null),
        }),
      ),
    )
  }

  #sample(load: Watched, nowMs: number): void {
    const share = shareInUse(load)
    if (share === null) return
    const samples = (this.#samples.get(load.modelId) ?? []).filter(({ atMs }) => atMs > nowMs - AVERAGED_MS)
    samples.push({ share, atMs: nowMs })
    this.#samples.set(load.modelId, samples)
  }

  #meanOf(modelId: string): number | null {
    const samples = this.#samples.get(modelId)
    if (samples === undefined) return null
    return samples.reduce((sum, { share }) => sum + share, 0) / samples.length
  }
}

function shareInUse({
  activeRequests,
  utilization,
  maxConcurrent,
  targetUtilization,
}: Watched): number | null {
  if (utilization === null || maxConcurrent === 0) return utilization
  const within = slotsForUse({ maxConcurrent, targetUtilization })
  return activeRequests >= within ? Math.max(utilization, targetUtilization) : utilization
}

function standingOf(standing: Map<string, Standing>, modelId: string): Standing {
  let known = standing.get(modelId)
  if (known === undefined) {
    known = { isInForce: false, engagedMs: 0, crossedMs: undefined }
    standing.set(modelId, known)
  }
  return known
}

function step(
  standing: Standing,
  rule: CapacityRule,
  share: number,
  nowMs: number,
): RuleChange['kind'] | undefined {
  const { utilization, durationMs } = rule
  const { releaseUtilization = RELEASE_SHARE * utilization, releaseAfterMs = durationMs } = rule
  // Sums of rounded numbers end up a little beside the number they mean.
  const isCrossed = standing.isInForce ? share < releaseUtilization : share >= utilization - TARGET_TOLERANCE
  if (!isCrossed) {
    standing.crossedMs = undefined
    return undefined
  }
  standing.crossedMs ??= nowMs
  if (nowMs - standing.crossedMs < (standing.isInForce ? releaseAfterMs : durationMs)) return undefined
  standing.crossedMs = undefined
  standing.isInForce = !standing.isInForce
  if (standing.isInForce) standing.engagedMs = nowMs
  return standing.isInForce ? 'engaged' : 'released'
}

const RELEASE_SHARE = 0.9
