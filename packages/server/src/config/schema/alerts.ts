import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { identifier } from '../identifier.js'
import { milliseconds, millisecondsOrNone, share } from './quantities.js'
import { WEBHOOK } from './webhook.js'

/** What a model's latency is. */
export const LATENCY_MEASURES = ['first_byte', 'answer'] as const

/** When nothing is said; what is said must fit to the rest. */
export const LATENCY_MS = { warning_ms: 500, error_ms: 1_000, critical_ms: 2_000 }
export const SUCCESS_RATES = { warning: 0.95, error: 0.9, critical: 0.8 }
export const FAILURES_IN_A_ROW = { error: 3, critical: 10 }

const count = z.int().min(1).max(1_000_000)

const LATENCY = closedObject({
  measure: z
    .enum(LATENCY_MEASURES)
    .default('first_byte')
    .describe(
      'What is held against the thresholds: first_byte counts from dispatch to the first content of a stream, or to a whole answer that is not streamed; answer counts to the end of either. first_byte, because the length of an answer is its asker’s choice.',
    ),
  warning_ms: milliseconds
    .default(LATENCY_MS.warning_ms)
    .describe('Milliseconds of the 95th percentile above which there is a warning. Half a second is felt.'),
  error_ms: milliseconds
    .default(LATENCY_MS.error_ms)
    .describe('Milliseconds above which it is an error; above warning_ms. A second interrupts a thought.'),
  critical_ms: milliseconds
    .default(LATENCY_MS.critical_ms)
    .describe('Milliseconds above which it is critical; above error_ms. Two seconds look broken.'),
})

const LATENCY_OF_MODEL = closedObject({
  model: identifier.describe('The model’s id.'),
  warning_ms: milliseconds.describe('In place of alerts.latency.warning_ms.'),
  error_ms: milliseconds.describe('In place of alerts.latency.error_ms; above warning_ms.'),
  critical_ms: milliseconds.describe('In place of alerts.latency.critical_ms; above error_ms.'),
})

const SUCCESS_RATE = closedObject({
  warning: share
    .default(SUCCESS_RATES.warning)
    .describe('Share of good results below which there is a warning. Retries hide one failure in twenty.'),
  error: share
    .default(SUCCESS_RATES.error)
    .describe('Share below which it is an error; below warning. One failure in ten costs time everywhere.'),
  critical: share
    .default(SUCCESS_RATES.critical)
    .describe(
      'Share below which it is critical; below error. One failure in five is an outage in the making.',
    ),
})

const CONSECUTIVE_FAILURES = closedObject({
  error: count
    .default(FAILURES_IN_A_ROW.error)
    .describe('Failures in a row that are an error. Three are rarely chance.'),
  critical: count
    .default(FAILURES_IN_A_ROW.critical)
    .describe('Failures in a row that are critical; above error. Ten are an outage.'),
})

const RAPID_FAILURES = closedObject({
  count: z.int().min(2).max(1_000).default(5).describe('Failures within the time that are an error. Five.'),
  within_ms: milliseconds.default(60_000).describe('Milliseconds within which they must lie. A minute.'),
  min_share: share
    .default(0.05)
    .describe(
      'Share of the results of the window that must have failed as well. A twentieth, or a busy model that does well would have five failures in every minute.',
    ),
})

const RESOLVE = closedObject({
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.9)
    .describe(
      'Share of a threshold below which its cause counts as gone. Nine tenths, so that nothing flickers.',
    ),
  after_ms: millisecondsOrNone
    .default(60_000)
    .describe('Milliseconds for which it must be gone. A minute, as long as results are looked at.'),
  no_data_ms: milliseconds
    .default(300_000)
    .describe(
      'Milliseconds without enough results after which an alert is resolved as no_data. Five minutes: a model nobody asks is no news.',
    ),
})

/** When to warn, and whom; see docs/concepts/alerts.md. */
export const ALERTS = closedObject({
  interval_ms: z
    .int()
    .min(100)
    .max(60_000)
    .default(2_000)
    .describe('Milliseconds from one look at everything to the next. Two seconds cost next to nothing.'),
  window_ms: milliseconds
    .default(60_000)
    .describe('Milliseconds for which results count. A minute holds enough of them to judge by.'),
  min_samples: count
    .default(20)
    .describe(
      'Answers that a percentile, and results that a share needs. Below twenty, one slow answer would be the 95th percentile.',
    ),
  latency: LATENCY.prefault({}).describe('high_latency: the 95th percentile of a model’s latency.'),
  latency_by_model: z
    .array(LATENCY_OF_MODEL)
    .default([])
    .describe('Thresholds of models that are slower, or should be faster, than the rest.'),
  success_rate: SUCCESS_RATE.prefault({}).describe(
    'low_success_rate: good results of a model, of those that are good or its fault.',
  ),
  consecutive_failures: CONSECUTIVE_FAILURES.prefault({}).describe('model_failure: failures in a row.'),
  rapid_failures: RAPID_FAILURES.prefault({}).describe('rapid_failures: several within a short while.'),
  no_models_after_ms: millisecondsOrNone
    .default(5_000)
    .describe(
      'no_models_available: milliseconds for which no model can be given a request. Five seconds outlast the first back-offs of a breaker.',
    ),
  cooldown_ms: millisecondsOrNone
    .default(300_000)
    .describe(
      'Milliseconds before webhooks hear again of the same type and model, unless it became worse. Five minutes: what comes and goes is one piece of news.',
    ),
  resolve: RESOLVE.prefault({}).describe('When an alert is over.'),
  max_history: z
    .int()
    .min(0)
    .max(100_000)
    .default(1_000)
    .describe('Resolved alerts that are kept. A thousand are some months of a fleet that is well.'),
  webhooks: z.array(WEBHOOK).default([]).describe('Who is notified; see docs/operations/webhooks.md.'),
})
