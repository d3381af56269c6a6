import type { AlertOptions, CapacityAction, CapacityRule, Severity } from '@loadstar/core'
import type { LATENCY_MEASURES } from './schema/alerts.js'
import type { WEBHOOK_FORMATS } from './schema/webhook.js'
import type { ConfigDocument } from './schema.js'

/** When to warn, and whom. */
export interface AlertsConfig {
  readonly options: AlertOptions
  readonly measure: (typeof LATENCY_MEASURES)[number]
  readonly intervalMs: number
  readonly webhooks: readonly WebhookConfig[]
}

export interface WebhookConfig {
  readonly id: string
  /** May be a secret; never logged nor answered. */
  readonly url: string
  /** A secret; never logged nor answered. */
  readonly secret?: string
  readonly format: (typeof WEBHOOK_FORMATS)[number]
  readonly minSeverity: Severity
  readonly timeoutMs: number
  readonly maxAttempts: number
  readonly minBackoffMs: number
  readonly maxBackoffMs: number
  readonly maxQueue: number
  /** How long notifications may still take when the instance stops. */
  readonly drainMs: number
}

export interface CapacityRuleConfig extends CapacityRule {
  readonly action: CapacityAction
  readonly severity: Severity
  readonly targetWaitMs: number
  readonly minIntervalMs: number
  /** 0..100 points. */
  readonly maxScoreLoss: number
}

/** The section `alerts` as the program uses it. */
export function alertsConfig(alerts: ConfigDocument['alerts']): AlertsConfig {
  const { latency, rapid_failures: rapid, resolve } = alerts
  return {
    measure: latency.measure,
    intervalMs: alerts.interval_ms,
    webhooks: alerts.webhooks.map(webhookConfig),
    options: {
      latency: thresholds(latency),
      latencyOf: Object.fromEntries(alerts.latency_by_model.map((own) => [own.model, thresholds(own)])),
      success: alerts.success_rate,
      failuresInARow: alerts.consecutive_failures,
      rapidFailures: { count: rapid.count, withinMs: rapid.within_ms, minShare: rapid.min_share },
      windowMs: alerts.window_ms,
      minSamples: alerts.min_samples,
      noModelsAfterMs: alerts.no_models_after_ms,
      cooldownMs: alerts.cooldown_ms,
      resolve: { share: resolve.share, afterMs: resolve.after_ms, noDataMs: resolve.no_data_ms },
      maxHistory: alerts.max_history,
    },
  }
}

interface ThresholdDocument {
  readonly warning_ms: number
  readonly error_ms: number
  readonly critical_ms: number
}

function thresholds({
  warning_ms: warningMs,
  error_ms: errorMs,
  critical_ms: criticalMs,
}: ThresholdDocument) {
  return { warningMs, errorMs, criticalMs }
}

function webhookConfig(webhook: ConfigDocument['alerts']['webhooks'][number]): WebhookConfig {
  return {
    id: webhook.id,
    url: webhook.url,
    ...(webhook.secret === undefined ? {} : { secret: webhook.secret }),
    format: webhook.format,
    minSeverity: webhook.min_severity,
    timeoutMs: webhook.timeout_ms,
    maxAttempts: webhook.max_attempts,
    minBackoffMs: webhook.min_backoff_ms,
    maxBackoffMs: webhook.max_backoff_ms,
    maxQueue: webhook.max_queue,
    drainMs: webhook.drain_ms,
  }
}

/** An entry of `capacity_rules` as the program uses it. */
export function capacityRuleConfig(rule: ConfigDocument['capacity_rules'][number]): CapacityRuleConfig {
  const { models, release_utilization: releaseUtilization, release_after_ms: releaseAfterMs } = rule
  return {
    id: rule.id,
    ...(models === undefined ? {} : { modelIds: models }),
    utilization: rule.utilization,
    durationMs: rule.duration_ms,
    ...(releaseUtilization === undefined ? {} : { releaseUtilization }),
    ...(releaseAfterMs === undefined ? {} : { releaseAfterMs }),
    action: rule.action,
    severity: rule.severity,
    targetWaitMs: rule.target_wait_ms,
    minIntervalMs: rule.min_interval_ms,
    maxScoreLoss: rule.max_score_loss,
  }
}
