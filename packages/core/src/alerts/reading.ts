import type { AlertType, Severity } from './alert.js'
import type { AlertRules } from './options.js'
import type { ModelSignals } from './signals.js'

/** How one thing that can be wrong stands. */
export type Reading =
  | {
      /** `undefined` where it is not wrong, or not wrong enough. */
      readonly level: Severity | undefined
      /** Well within its threshold; between the two nothing changes. */
      readonly isClear: boolean
      readonly value: number
      /** The one crossed, else the one that would be crossed first. */
      readonly threshold: number
      /** Results it is of, where it is of several. */
      readonly count?: number
    }
  /** There is too little to tell. */
  | undefined

type Reader = (signals: ModelSignals, rules: AlertRules, modelId: string, nowMs: number) => Reading

/** What is read of each model, in the order in which alerts are raised. */
export const MODEL_READERS: readonly (readonly [AlertType, Reader])[] = [
  ['model_failure', failuresInARow],
  ['rapid_failures', rapidFailures],
  ['low_success_rate', successRate],
  ['high_latency', latency],
]

function latency(signals: ModelSignals, rules: AlertRules, modelId: string, nowMs: number): Reading {
  const { count, p95 } = signals.latency.snapshot(nowMs)
  if (count < rules.minSamples || p95 === null) return undefined
  const { warningMs, errorMs, criticalMs } = rules.latencyOf.get(modelId) ?? rules.latency
  const reached = (level: Severity, threshold: number): Reading => {
    return { level, isClear: false, value: p95, threshold, count }
  }
  if (p95 > criticalMs) return reached('critical', criticalMs)
  if (p95 > errorMs) return reached('error', errorMs)
  if (p95 > warningMs) return reached('warning', warningMs)
  const isClear = p95 <= rules.resolve.share * warningMs
  return { level: undefined, isClear, value: p95, threshold: warningMs, count }
}

function successRate(signals: ModelSignals, rules: AlertRules, _modelId: string, nowMs: number): Reading {
  const bad = signals.results.bad(nowMs)
  const count = signals.results.good(nowMs) + bad
  if (count < rules.minSamples) return undefined
  const value = 1 - bad / count
  const { warning, error, critical } = rules.success
  const reached = (level: Severity, threshold: number): Reading => {
    return { level, isClear: false, value, threshold, count }
  }
  if (value < critical) return reached('critical', critical)
  if (value < error) return reached('error', error)
  if (value < warning) return reached('warning', warning)
  // What is left of the failures that are tolerated: a threshold of 95 % is left for good at 95.5 %.
  const isClear = 1 - value <= rules.resolve.share * (1 - warning)
  return { level: undefined, isClear, value, threshold: warning, count }
}

function failuresInARow(signals: ModelSignals, rules: AlertRules, _modelId: string, nowMs: number): Reading {
  if (!isFresh(signals, rules, nowMs)) return undefined
  const { error, critical } = rules.failuresInARow
  const value = signals.failuresInARow
  if (value >= critical) return { level: 'critical', isClear: false, value, threshold: critical }
  if (value >= error) return { level: 'error', isClear: false, value, threshold: error }
  return { level: undefined, isClear: value === 0, value, threshold: error }
}

function rapidFailures(signals: ModelSignals, rules: AlertRules, _modelId: string, nowMs: number): Reading {
  if (!isFresh(signals, rules, nowMs)) return undefined
  const { count: threshold, withinMs, minShare } = rules.rapidFailures
  const bad = signals.results.bad(nowMs)
  const count = signals.results.good(nowMs) + bad
  // Busy models fail so often a minute while 99 % of their answers come out well.
  const isShare = count > 0 && bad >= minShare * count
  const isRapid = isShare && signals.hasFailed(threshold, withinMs, nowMs)
  const exit = Math.max(1, Math.floor(rules.resolve.share * threshold))
  return {
    level: isRapid ? 'error' : undefined,
    isClear: !isShare || !signals.hasFailed(exit, withinMs, nowMs),
    value: bad,
    threshold,
    count,
  }
}

/** Whether the model was heard of recently enough to say that it fails, or that it does not. */
function isFresh({ lastResultMs }: ModelSignals, { resolve }: AlertRules, nowMs: number): boolean {
  return lastResultMs >= 0 && nowMs - lastResultMs < resolve.noDataMs
}
