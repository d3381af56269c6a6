import type { Severity } from '../alerts/alert.js'
import { checkIds } from '../catalog/id-check.js'
import { checkNotNegative, checkPositive, checkShare, invalid } from '../health/check.js'

/** What follows when a model is used to its threshold for long enough. */
export const CAPACITY_ACTIONS = [
  /** It is said. */
  'alert_only',
  /** Newcomers no longer wait for it. */
  'reject_new',
  /** Agents that it is assigned to move to other models, as few as may be. */
  'redistribute',
  /** It is said how many slots would be enough. */
  'scale_out',
] as const

export type CapacityAction = (typeof CAPACITY_ACTIONS)[number]

/** A utilization held for a while, and what it leads to. Every action is said as well. */
export interface CapacityRule {
  readonly id: string
  /** Models it is about; all when left out. */
  readonly modelIds?: readonly string[]
  /** Share of the slots in use, in (0, 1]. */
  readonly utilization: number
  /** Milliseconds ≥ 0 for which it must be at least that. */
  readonly durationMs: number
  readonly action: CapacityAction
  /** Share below which the rule lets go, in [0, `utilization`]; default nine tenths of `utilization`. */
  readonly releaseUtilization?: number
  /** Milliseconds ≥ 0 for which it must be below that; default `durationMs`. */
  readonly releaseAfterMs?: number
  /** Of its alert; default `warning`. */
  readonly severity?: Severity
}

/** @throws {LoadstarError} `ID_INVALID`, `DUPLICATE_ID` or `OPTION_INVALID` naming the field. */
export function checkRules(rules: readonly CapacityRule[]): void {
  checkIds(rules, 'capacity_rules')
  rules.forEach((rule, index) => {
    const field = `capacity_rules[${index}]`
    checkPositive(rule.utilization, `${field}.utilization`)
    checkShare(rule.utilization, `${field}.utilization`)
    checkNotNegative(rule.durationMs, `${field}.duration_ms`)
    if (rule.releaseAfterMs !== undefined) checkNotNegative(rule.releaseAfterMs, `${field}.release_after_ms`)
    if (!CAPACITY_ACTIONS.includes(rule.action)) {
      throw invalid(`${field}.action`, `must be one of ${CAPACITY_ACTIONS.join(', ')}`, rule.action)
    }
    const { releaseUtilization } = rule
    if (releaseUtilization === undefined) return
    checkNotNegative(releaseUtilization, `${field}.release_utilization`)
    if (releaseUtilization <= rule.utilization) return
    const limit = `must be ≤ utilization (${rule.utilization})`
    throw invalid(`${field}.release_utilization`, limit, releaseUtilization)
  })
}
