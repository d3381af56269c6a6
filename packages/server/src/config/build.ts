import type { ModelEntry } from '../registry/entry.js'
import { alertsConfig, capacityRuleConfig } from './alerts-config.js'
import type { BudgetConfig, ClientKey, Config } from './config.js'
import { agentFrom, paceFrom, reachableModelFrom } from './expansion.js'
import { routingConfig } from './routing-config.js'
import { scoringConfig } from './scoring-config.js'
import type { BudgetDocument, ConfigDocument, KeyDocument, ModelDocument } from './schema.js'

const MS_PER_DAY = 86_400_000

/** The checked document as the program uses it: camelCase, profiles and task types expanded, deeply frozen. */
export function buildConfig({
  server,
  models,
  agents,
  routing,
  assignment,
  history,
  scoring,
  alerts,
  capacity_rules: capacityRules,
  auth,
  budgets,
  response_cache: responseCache,
  dashboard,
  storage,
  telemetry,
}: ConfigDocument): Config {
  return deepFreeze({
    server: {
      host: server.host,
      port: server.port,
      allowedHosts: server.allowed_hosts,
      maxBodyBytes: server.max_body_bytes,
      workers: server.workers,
      shutdownGraceMs: server.shutdown_grace_ms,
      apiKeyEnvs: server.api_key_envs,
    },
    models: models.map(modelEntry),
    agents: agents.map((agent) => ({ ...agentFrom(agent), source: 'file' })),
    routing: routingConfig(routing),
    assignment: {
      strategy: assignment.strategy,
      loadBalancing: assignment.load_balancing,
      timeLimitMs: assignment.time_limit_ms,
      cache: {
        ttlMs: assignment.cache.ttl_ms,
        maxBytes: assignment.cache.max_bytes,
        loadStep: assignment.cache.load_step,
        warmUp: assignment.cache.warm_up,
      },
    },
    history: {
      isEnabled: history.enabled,
      flushMs: history.flush_ms,
      bufferRows: history.buffer_rows,
      retentionMs: history.retention_days * MS_PER_DAY,
      maxRows: history.max_rows,
    },
    scoring: scoringConfig(scoring),
    alerts: alertsConfig(alerts),
    capacityRules: capacityRules.map(capacityRuleConfig),
    auth: { keys: auth.keys.map(clientKey) },
    budgets: budgets.map(budgetFrom),
    responseCache: {
      url: responseCache.url,
      timeoutMs: responseCache.timeout_ms,
      ttlMs: responseCache.ttl_ms,
      maxBytes: responseCache.max_bytes,
      maxAnswerBytes: responseCache.max_answer_bytes,
    },
    dashboard: { isEnabled: dashboard.enabled },
    storage: { url: storage.url },
    telemetry: telemetryConfig(telemetry),
  })
}

function telemetryConfig(telemetry: ConfigDocument['telemetry']): Config['telemetry'] {
  return {
    logRequests: telemetry.log_requests,
    maxAgents: telemetry.max_agents,
    retentionDays: telemetry.retention_days,
    otlp: {
      endpoint: telemetry.otlp_endpoint,
      traces: telemetry.otlp_traces,
      metrics: telemetry.otlp_metrics,
      metricsIntervalMs: telemetry.otlp_metrics_interval_ms,
      sampleShare: telemetry.trace_sample_share,
    },
  }
}

function modelEntry(model: ModelDocument): ModelEntry {
  const { api_key: apiKey, fallbacks, pace } = model
  return {
    ...reachableModelFrom(model),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(pace === undefined ? {} : { pace: paceFrom(pace) }),
    ...(fallbacks.length === 0 ? {} : { fallbacks }),
    source: 'file',
  }
}

function clientKey({ agents, highest_priority: highestPriority, ...key }: KeyDocument): ClientKey {
  return {
    ...key,
    ...(agents === undefined ? {} : { agents }),
    ...(highestPriority === undefined ? {} : { highestPriority }),
  }
}

function budgetFrom({
  key,
  agent,
  per_minute: minute,
  per_day: day,
  per_month: month,
}: BudgetDocument): BudgetConfig {
  const windows = { minute, day, month }
  const limits = WINDOWS.flatMap((window) => {
    const given = windows[window]
    return given === undefined ? [] : [{ window, limits: given }]
  })
  return { payer: key === undefined ? `agent:${agent ?? ''}` : `key:${key}`, limits }
}

const WINDOWS = ['minute', 'day', 'month'] as const

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
