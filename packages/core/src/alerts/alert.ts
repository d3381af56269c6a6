/** What an alert can be about; the list is closed. */
export const ALERT_TYPES = [
  /** The 95th percentile of a model's latency is above a threshold. */
  'high_latency',
  /** Too small a share of a model's answers comes out well. */
  'low_success_rate',
  /** A model has failed several times in a row. */
  'model_failure',
  /** A capacity rule is in force. */
  'threshold_breach',
  /** No model can be given a request. */
  'no_models_available',
  /** A model has failed several times within a short while. */
  'rapid_failures',
] as const

/** From the mildest to the worst. */
export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const

export type AlertType = (typeof ALERT_TYPES)[number]
export type Severity = (typeof SEVERITIES)[number]

/** Why an alert has ended. */
export type Resolution =
  /** What it was about is over. */
  | 'recovered'
  /** Too little came for too long to tell. */
  | 'no_data'
  /** The model or the rule is not there any more. */
  | 'gone'

/** What was last said of an alert to those who are notified. */
export interface Told {
  readonly isActive: boolean
  /** The worst of which they were told within this alert. */
  readonly severity: Severity
  /** When they were told that it is active. */
  readonly atMs: number
}

/** Something that is, or was, wrong. */
export interface Alert {
  /** Never used twice. */
  readonly id: string
  readonly type: AlertType
  /** `null` where it is about all models. */
  readonly modelId: string | null
  /** Of `threshold_breach`: the capacity rule; else `null`. */
  readonly ruleId: string | null
  /** The worst since it began; it falls only when the alert comes back after it was resolved. */
  readonly severity: Severity
  readonly isActive: boolean
  readonly message: string
  /** As measured last: milliseconds, a share 0..1, or a count, depending on the type. */
  readonly value: number
  /** What `value` was held against for this severity. */
  readonly threshold: number
  readonly startedMs: number
  /** When it was raised, became worse, was acknowledged or resolved. */
  readonly changedMs: number
  /** `null` while it is active. */
  readonly resolvedMs: number | null
  readonly resolution: Resolution | null
  readonly acknowledgedMs: number | null
  /** Who acknowledged it, where they said so. */
  readonly acknowledgedBy: string | null
  /** How often it was raised: more than once where it came back within the cooldown. */
  readonly occurrences: number
  /** `null` while nobody was told. */
  readonly told: Told | null
}

/** Something happened to an alert. */
export interface AlertChange {
  readonly kind: 'raised' | 'escalated' | 'resolved' | 'acknowledged'
  readonly alert: Alert
  /** Whether those who are notified are to be told; cooldown and repetition are seen to. */
  readonly isTold: boolean
}

export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}

export function isWorse(severity: Severity, than: Severity): boolean {
  return severityRank(severity) > severityRank(than)
}
