import { checkNotNegative, checkPositive, checkShare, checkWhole, invalid } from '../health/check.js'

/** Milliseconds of the 95th percentile, in rising order. */
export interface LatencyThresholds {
  readonly warningMs: number
  readonly errorMs: number
  readonly criticalMs: number
}

/** Shares of success 0..1, in falling order. */
export interface SuccessThresholds {
  readonly warning: number
  readonly error: number
  readonly critical: number
}

/** When to warn; what is left out has its default. docs/concepts/alerts.md tells why each is what it is. */
export interface AlertOptions {
  /** Above them the 95th percentile raises; default 500, 1,000 and 2,000 ms. */
  readonly latency?: Partial<LatencyThresholds>
  /** By model id, in place of `latency`. */
  readonly latencyOf?: Readonly<Record<string, LatencyThresholds>>
  /** Below them the share of success raises; default 0.95, 0.90 and 0.80. */
  readonly success?: Partial<SuccessThresholds>
  /** Failures in a row, integers ≥ 1; default 3 and 10. */
  readonly failuresInARow?: { readonly error?: number; readonly critical?: number }
  readonly rapidFailures?: {
    /** Integer ≥ 2, default 5. */
    readonly count?: number
    /** Milliseconds > 0, default 60,000. */
    readonly withinMs?: number
    /** Share of the window's results that must have failed as well, 0..1; default 0.05. */
    readonly minShare?: number
  }
  /** Milliseconds > 0 over which latency and success are looked at; default 60,000. */
  readonly windowMs?: number
  /** Answers or results the window must hold before they are judged, integer ≥ 1; default 20. */
  readonly minSamples?: number
  /** Milliseconds ≥ 0 for which no model can be given a request before that raises; default 5,000. */
  readonly noModelsAfterMs?: number
  /** Milliseconds ≥ 0 before those who are notified hear of the same type and model again; default 300,000. */
  readonly cooldownMs?: number
  readonly resolve?: {
    /** Share of a threshold below which its cause counts as gone, in (0, 1]; default 0.9. */
    readonly share?: number
    /** Milliseconds ≥ 0 for which it must be gone; default 60,000. */
    readonly afterMs?: number
    /** Milliseconds > 0 without enough data after which an alert is resolved unseen; default 300,000. */
    readonly noDataMs?: number
  }
  /** Resolved alerts that are kept, integer ≥ 0; default 1,000. */
  readonly maxHistory?: number
}

/** All of it, defaulted and checked. */
export interface AlertRules {
  readonly latency: LatencyThresholds
  readonly latencyOf: ReadonlyMap<string, LatencyThresholds>
  readonly success: SuccessThresholds
  readonly failuresInARow: { readonly error: number; readonly critical: number }
  readonly rapidFailures: { readonly count: number; readonly withinMs: number; readonly minShare: number }
  readonly windowMs: number
  readonly minSamples: number
  readonly noModelsAfterMs: number
  readonly cooldownMs: number
  readonly resolve: { readonly share: number; readonly afterMs: number; readonly noDataMs: number }
  readonly maxHistory: number
}

const LATENCY: LatencyThresholds = { warningMs: 500, errorMs: 1_000, criticalMs: 2_000 }
const SUCCESS: SuccessThresholds = { warning: 0.95, error: 0.9, critical: 0.8 }

/** @throws {LoadstarError} `OPTION_INVALID` naming the option, the rule it breaks and its value. */
export function resolveAlerts(options: AlertOptions = {}): AlertRules {
  const { failuresInARow = {}, rapidFailures = {}, resolve = {} } = options
  const rules: AlertRules = {
    latency: { ...LATENCY, ...options.latency },
    latencyOf: new Map(Object.entries(options.latencyOf ?? {})),
    success: { ...SUCCESS, ...options.success },
    failuresInARow: { error: failuresInARow.error ?? 3, critical: failuresInARow.critical ?? 10 },
    rapidFailures: {
      count: rapidFailures.count ?? 5,
      withinMs: rapidFailures.withinMs ?? 60_000,
      minShare: rapidFailures.minShare ?? 0.05,
    },
    windowMs: options.windowMs ?? 60_000,
    minSamples: options.minSamples ?? 20,
    noModelsAfterMs: options.noModelsAfterMs ?? 5_000,
    cooldownMs: options.cooldownMs ?? 300_000,
    resolve: {
      share: resolve.share ?? 0.9,
      afterMs: resolve.afterMs ?? 60_000,
      noDataMs: resolve.noDataMs ?? 300_000,
    },
    maxHistory: options.maxHistory ?? 1_000,
  }
  checkLatency(rules.latency, 'alerts.latency')
  for (const [id, thresholds] of rules.latencyOf) checkLatency(thresholds, `alerts.latency_by_model.${id}`)
  checkSuccess(rules.success)
  checkFailures(rules)
  checkPositive(rules.windowMs, 'alerts.window_ms')
  checkWhole(rules.minSamples, 1, 'alerts.min_samples')
  checkNotNegative(rules.noModelsAfterMs, 'alerts.no_models_after_ms')
  checkNotNegative(rules.cooldownMs, 'alerts.cooldown_ms')
  checkPositive(rules.resolve.share, 'alerts.resolve.share')
  checkShare(rules.resolve.share, 'alerts.resolve.share')
  checkNotNegative(rules.resolve.afterMs, 'alerts.resolve.after_ms')
  checkPositive(rules.resolve.noDataMs, 'alerts.resolve.no_data_ms')
  checkWhole(rules.maxHistory, 0, 'alerts.max_history')
  return rules
}

function checkLatency({ warningMs, errorMs, criticalMs }: LatencyThresholds, field: string): void {
  checkPositive(warningMs, `${field}.warning_ms`)
  checkAbove(errorMs, `${field}.error_ms`, warningMs, 'warning_ms')
  checkAbove(criticalMs, `${field}.critical_ms`, errorMs, 'error_ms')
}

function checkSuccess({ warning, error, critical }: SuccessThresholds): void {
  checkShare(warning, 'alerts.success_rate.warning')
  checkBelow(error, 'alerts.success_rate.error', warning, 'warning')
  checkBelow(critical, 'alerts.success_rate.critical', error, 'error')
  checkShare(critical, 'alerts.success_rate.critical')
}

function checkFailures({ failuresInARow, rapidFailures }: AlertRules): void {
  checkWhole(failuresInARow.error, 1, 'alerts.consecutive_failures.error')
  checkWhole(failuresInARow.critical, 1, 'alerts.consecutive_failures.critical')
  checkAbove(failuresInARow.critical, 'alerts.consecutive_failures.critical', failuresInARow.error, 'error')
  checkWhole(rapidFailures.count, 2, 'alerts.rapid_failures.count')
  checkPositive(rapidFailures.withinMs, 'alerts.rapid_failures.within_ms')
  checkShare(rapidFailures.minShare, 'alerts.rapid_failures.min_share')
}

function checkAbove(value: number, field: string, other: number, otherName: string): void {
  if (!(value > other && value < Infinity)) throw invalid(field, `must be > ${otherName} (${other})`, value)
}

function checkBelow(value: number, field: string, other: number, otherName: string): void {
  if (!(value < other)) throw invalid(field, `must be < ${otherName} (${other})`, value)
}
