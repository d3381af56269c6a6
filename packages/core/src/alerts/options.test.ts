import { describe, expect, it } from 'vitest'
import { type AlertOptions, resolveAlerts } from './options.js'

describe('alert options', () => {
  it('have the documented defaults', () => {
    expect(resolveAlerts()).toMatchObject({
      latency: { warningMs: 500, errorMs: 1_000, criticalMs: 2_000 },
      success: { warning: 0.95, error: 0.9, critical: 0.8 },
      failuresInARow: { error: 3, critical: 10 },
      rapidFailures: { count: 5, withinMs: 60_000 },
      cooldownMs: 300_000,
    })
  })

  it.each<[AlertOptions, string]>([
    [{ latency: { errorMs: 400 } }, 'alerts.latency.error_ms must be > warning_ms (500), got 400'],
    [{ latency: { criticalMs: 1_000 } }, 'alerts.latency.critical_ms must be > error_ms (1000), got 1000'],
    [{ latency: { warningMs: 0 } }, 'alerts.latency.warning_ms must be a finite number > 0, got 0'],
    [
      { latencyOf: { a: { warningMs: 2, errorMs: 1, criticalMs: 3 } } },
      'alerts.latency_by_model.a.error_ms must be > warning_ms (2), got 1',
    ],
    [{ success: { error: 0.95 } }, 'alerts.success_rate.error must be < warning (0.95), got 0.95'],
    [{ success: { critical: 0.99 } }, 'alerts.success_rate.critical must be < error (0.9), got 0.99'],
    [{ success: { critical: -1 } }, 'alerts.success_rate.critical must be a number 0..1, got -1'],
    [{ failuresInARow: { critical: 3 } }, 'alerts.consecutive_failures.critical must be > error (3), got 3'],
    [{ rapidFailures: { count: 1 } }, 'alerts.rapid_failures.count must be an integer ≥ 2, got 1'],
    [{ resolve: { share: 0 } }, 'alerts.resolve.share must be a finite number > 0, got 0'],
    [{ minSamples: 0 }, 'alerts.min_samples must be an integer ≥ 1, got 0'],
  ])('%o is refused', (options, message) => {
    expect(() => resolveAlerts(options)).toThrow(message)
  })
})
