import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NOW_MS, startApi, type RunningApi } from './api-fixture.contract.js'

let api: RunningApi
beforeEach(async () => {
  api = await startApi(
    {},
    `
alerts:
  latency_by_model: [{ model: filed, warning_ms: 700, error_ms: 800, critical_ms: 900 }]
  webhooks: [{ id: ops, url: "http://127.0.0.1:1/secret-path", secret: "\${SECRET}" }]
capacity_rules: [{ id: busy, utilization: 0.5, duration_ms: 0, action: reject_new, severity: error }]
`,
    { SECRET: 'never shown to anybody' },
  )
})
afterEach(() => api.close())

/** So many calls of the model that ended so. */
function calls(count: number, outcome: 'completed' | 'upstream_error', firstByteMs?: number): void {
  const attempt = {
    modelId: 'filed',
    leaseId: 1,
    score: 50,
    outcome,
    queueMs: 10,
    serviceMs: 2_000,
    firstByteMs,
  }
  const tokens = { inputTokens: undefined, outputTokens: undefined, costUsd: undefined }
  for (let i = 0; i < count; i++) {
    api.alerts.ended({
      requestId: 'r',
      keyId: undefined,
      chargeId: undefined,
      api: 'chat',
      cache: undefined,
      outcome,
      status: 200,
      startedMs: NOW_MS - 2_000,
      asked: undefined,
      totalMs: 2_010,
      queueMs: 10,
      overheadMs: 0,
      attempts: [{ ...attempt, ...tokens }],
    })
  }
}

describe('alerts', () => {
  it('are none on a calm instance, whose thresholds and webhooks are told without secrets', async () => {
    const answer = await api.call('GET', 'alerts', 200)
    expect(answer).toMatchObject({
      alerts: [],
      counts: { info: 0, warning: 0, error: 0, critical: 0 },
      thresholds: {
        latency: { measure: 'first_byte', warning_ms: 500, error_ms: 1_000, critical_ms: 2_000 },
        latency_by_model: [{ model: 'filed', warning_ms: 700 }],
        success_rate: { warning: 0.95, error: 0.9, critical: 0.8 },
        consecutive_failures: { error: 3, critical: 10 },
        cooldown_ms: 300_000,
      },
      webhooks: [{ id: 'ops', is_signed: true, min_severity: 'warning', waiting: 0, delivered: 0 }],
    })
    expect(JSON.stringify(answer)).not.toMatch(/never shown|secret-path/)
  })

  it('are told once they are raised: active ones by severity, all of them page by page', async () => {
    calls(20, 'completed', 750)
    calls(3, 'upstream_error')
    api.alerts.look()
    const { alerts, counts } = (await api.call('GET', 'alerts/active', 200)) as unknown as Listed
    expect(alerts.map(({ type, severity }) => `${type} ${severity}`)).toEqual([
      'model_failure error',
      'low_success_rate error',
      'high_latency warning',
    ])
    expect(counts).toEqual({ info: 0, warning: 1, error: 2, critical: 0 })
    const first = await api.call('GET', 'alerts/history?page_size=2', 200)
    expect(first).toMatchObject({ total_count: 3, total_pages: 2, page: 1, page_size: 2 })
    expect((first as unknown as Listed).alerts).toHaveLength(2)
    const warnings = await api.call(
      'GET',
      'alerts/history?severity=warning&status=active&model_id=filed',
      200,
    )
    expect(warnings).toMatchObject({ total_count: 1, alerts: [{ type: 'high_latency', threshold: 700 }] })
    const none = ['model_id=other', 'status=resolved', 'type=rapid_failures', 'since=2030-01-01T00:00:00Z']
    for (const query of none) {
      expect(await api.call('GET', `alerts/history?${query}`, 200)).toMatchObject({ total_count: 0 })
    }
  })

  it('are acknowledged while they are active', async () => {
    calls(3, 'upstream_error')
    api.alerts.look()
    const { alerts } = (await api.call('GET', 'alerts', 200)) as unknown as Listed
    const path = `alerts/${alerts[0]?.id}/acknowledge`
    const acknowledged = await api.call('POST', path, 200, { by: 'on-call' })
    expect(acknowledged).toMatchObject({
      alert: {
        acknowledged_by: 'on-call',
        acknowledged_at: new Date(NOW_MS).toISOString(),
        status: 'active',
      },
    })
    expect(await api.call('POST', path, 200)).toMatchObject({ alert: { acknowledged_by: 'on-call' } })
    const unknown = await api.call('POST', 'alerts/nobody/acknowledge', 404, {})
    expect(unknown.error).toMatchObject({ code: 'unknown_alert', param: 'id' })
    expect((await api.call('POST', path, 400, { by: '' })).error.param).toBe('by')
  })

  it.each(['severity=fatal', 'status=open', 'since=yesterday', 'page=0', 'colour=red'])(
    'a wrong filter is refused: %s',
    async (query) => {
      const { error } = await api.call('GET', `alerts/history?${query}`, 400)
      expect(error.param).toBe(query.split('=')[0])
    },
  )
})

describe('capacity', () => {
  it('a rule in force is told, raises its alert and closes the queue until it lets go', async () => {
    api.router.reportLoad('filed', { activeRequests: 4 }, NOW_MS)
    api.alerts.look()
    expect(await api.call('GET', 'capacity/rules', 200)).toMatchObject({
      rules: [
        { rule_id: 'busy', model_id: 'filed', action: 'reject_new', is_in_force: true, utilization: 1 },
      ],
    })
    const { loads } = await api.call('GET', 'load', 200)
    expect(loads).toMatchObject([{ is_queue_closed: true }])
    expect(await api.call('GET', 'alerts/active', 200)).toMatchObject({
      alerts: [{ type: 'threshold_breach', rule_id: 'busy', severity: 'error', threshold: 0.5 }],
    })
  })

  it('advice says what is not measured, and knows the models there are', async () => {
    expect(await api.call('GET', 'capacity/advice', 200)).toMatchObject({ advice: [], unmeasured: ['filed'] })
    const { error } = await api.call('GET', 'capacity/advice?model_id=ghost', 404)
    expect(error).toMatchObject({ code: 'unknown_model', param: 'model_id' })
    expect((await api.call('GET', 'capacity/advice?target_wait_ms=0', 400)).error.param).toBe(
      'target_wait_ms',
    )
  })
})

interface Listed {
  readonly alerts: readonly { readonly id: string; readonly type: string; readonly severity: string }[]
  readonly counts: object
}
