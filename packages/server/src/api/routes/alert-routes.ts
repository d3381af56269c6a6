import { type Alert, SEVERITIES } from '@loadstar/core'
import { z } from 'zod'
import { alertView } from '../../alerts/view.js'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import {
  ACKNOWLEDGEMENT,
  ALERT,
  ALERT_FILTER,
  SEVERITY_COUNTS,
  THRESHOLDS,
  WEBHOOK_STATE,
} from '../schemas/alert-schema.js'
import { PAGE_FIELDS, pageFields, pageOf } from '../schemas/paging.js'
import { refusals } from '../schemas/refusals.js'

const PATH = `${PREFIX}/alerts`
const ALERTS = z.array(ALERT)
const LISTED = z.object({ success: z.literal(true), alerts: ALERTS, ...PAGE_FIELDS })

const OVERVIEW = {
  tags: ['alerts'],
  summary: 'Active alerts, thresholds and webhooks',
  response: {
    200: z.object({
      success: z.literal(true),
      alerts: ALERTS.describe('Active ones, the worst first.'),
      counts: SEVERITY_COUNTS,
      thresholds: THRESHOLDS,
      webhooks: z.array(WEBHOOK_STATE),
      timestamp: z.iso.datetime(),
    }),
  },
}

const ACTIVE = {
  tags: ['alerts'],
  summary: 'Active alerts, the worst first',
  response: {
    200: z.object({ success: z.literal(true), alerts: ALERTS, counts: SEVERITY_COUNTS }),
  },
}

const HISTORY = {
  tags: ['alerts'],
  summary: 'Alerts that were and are, the latest first',
  querystring: ALERT_FILTER,
  response: { 200: LISTED, ...refusals(400) },
}

const ACKNOWLEDGE = {
  tags: ['alerts'],
  summary: 'Say that somebody has seen an active alert',
  description:
    'It stays active until its cause is gone, and webhooks still hear when it becomes worse. A second acknowledgement changes nothing.',
  params: z.object({ id: z.string() }),
  body: ACKNOWLEDGEMENT.optional(),
  response: {
    200: z.object({ success: z.literal(true), alert: ALERT }),
    ...refusals(400, 404, 409, 413, 415),
  },
}

/** What is wrong, what was, and by which thresholds. */
export function alertRoutes(app: ZodApp, { alerts, clock }: ApiDeps): void {
  app.get(PATH, { schema: OVERVIEW }, () => ({
    ...activeAlerts(alerts.active()),
    thresholds: thresholdsView(alerts),
    webhooks: alerts.webhooks().map(({ id, format, minSeverity, isSigned, waiting, delivered, givenUp }) => ({
      id,
      format,
      min_severity: minSeverity,
      is_signed: isSigned,
      waiting,
      delivered,
      given_up: givenUp,
    })),
    timestamp: new Date(clock()).toISOString(),
  }))

  app.get(`${PATH}/active`, { schema: ACTIVE }, () => activeAlerts(alerts.active()))

  app.get(`${PATH}/history`, { schema: HISTORY }, ({ query }) => {
    const { status, severity, type, model_id: modelId, since } = query
    const sinceMs = since === undefined ? -Infinity : Date.parse(since)
    const found = alerts.all().filter((alert) => {
      if (status !== undefined && alert.isActive !== (status === 'active')) return false
      if (severity !== undefined && alert.severity !== severity) return false
      if (type !== undefined && alert.type !== type) return false
      if (modelId !== undefined && alert.modelId !== modelId) return false
      return alert.startedMs >= sinceMs
    })
    const page = pageOf(found, query).map(alertView)
    return { success: true as const, alerts: page, ...pageFields(found.length, query) }
  })

  app.post(`${PATH}/:id/acknowledge`, { schema: ACKNOWLEDGE }, ({ params, body }) => {
    const alert = alerts.acknowledge(params.id, body?.by ?? null)
    if (alert !== undefined) return { success: true as const, alert: alertView(alert) }
    if (!alerts.all().some(({ id }) => id === params.id)) {
      throw new ApiError(404, 'unknown_alert', `there is no alert "${params.id}"`, 'id')
    }
    throw new ApiError(409, 'alert_resolved', `alert "${params.id}" is resolved already`, 'id')
  })
}

function activeAlerts(active: readonly Alert[]) {
  const counts = { info: 0, warning: 0, error: 0, critical: 0 }
  for (const severity of SEVERITIES) {
    counts[severity] = active.filter((alert) => alert.severity === severity).length
  }
  return { success: true as const, alerts: active.map(alertView), counts }
}

function thresholdsView(alerts: ApiDeps['alerts']) {
  const rules = alerts.rules()
  const latency = (ms: typeof rules.latency) => {
    return { warning_ms: ms.warningMs, error_ms: ms.errorMs, critical_ms: ms.criticalMs }
  }
  const { rapidFailures: rapid, resolve } = rules
  return {
    latency: { ...latency(rules.latency), measure: alerts.measure() },
    latency_by_model: [...rules.latencyOf].map(([model, ms]) => ({ model, ...latency(ms) })),
    success_rate: { ...rules.success },
    consecutive_failures: { ...rules.failuresInARow },
    rapid_failures: { count: rapid.count, within_ms: rapid.withinMs, min_share: rapid.minShare },
    no_models_after_ms: rules.noModelsAfterMs,
    window_ms: rules.windowMs,
    min_samples: rules.minSamples,
    cooldown_ms: rules.cooldownMs,
    resolve: { share: resolve.share, after_ms: resolve.afterMs, no_data_ms: resolve.noDataMs },
  }
}
