import { ALERT_TYPES, CAPACITY_ACTIONS, SEVERITIES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import { LATENCY_MEASURES } from '../../config/schema/alerts.js'
import { WEBHOOK_FORMATS } from '../../config/schema/webhook.js'
import { PAGING } from './paging.js'

const INSTANT = z.iso.datetime()
const COUNT = z.int().min(0)
const STATUSES = ['active', 'resolved'] as const

export const ALERT = z
  .object({
    id: z.string(),
    type: z.enum(ALERT_TYPES),
    model_id: z.string().nullable().describe('Null where it is about all models.'),
    rule_id: z.string().nullable().describe('Of threshold_breach: the capacity rule.'),
    severity: z.enum(SEVERITIES).describe('The worst since it began.'),
    status: z.enum(STATUSES),
    message: z.string().describe('What is wrong, with the numbers of the case.'),
    value: z
      .number()
      .describe('As measured last: milliseconds, a share 0..1, or a count, depending on the type.'),
    threshold: z.number().describe('What value was held against.'),
    started_at: INSTANT,
    updated_at: INSTANT.describe('When it was raised, became worse, was acknowledged or resolved.'),
    resolved_at: INSTANT.nullable(),
    resolution: z
      .enum(['recovered', 'no_data', 'gone'])
      .nullable()
      .describe(
        'recovered: its cause is gone; no_data: too little came for too long to tell; gone: the model is not there any more.',
      ),
    acknowledged_at: INSTANT.nullable(),
    acknowledged_by: z.string().nullable(),
    occurrences: z
      .int()
      .min(1)
      .describe('How often it was raised: more than once where it came back within the cooldown.'),
    notified_at: INSTANT.nullable().describe(
      'When webhooks were told last that it is active; null when they were not.',
    ),
  })
  .meta({ id: 'Alert' })

const LATENCY = z.object({ warning_ms: z.number(), error_ms: z.number(), critical_ms: z.number() })

export const THRESHOLDS = z
  .object({
    latency: LATENCY.extend({ measure: z.enum(LATENCY_MEASURES) }),
    latency_by_model: z.array(LATENCY.extend({ model: z.string() })),
    success_rate: z.object({ warning: z.number(), error: z.number(), critical: z.number() }),
    consecutive_failures: z.object({ error: COUNT, critical: COUNT }),
    rapid_failures: z.object({ count: COUNT, within_ms: z.number(), min_share: z.number() }),
    no_models_after_ms: z.number(),
    window_ms: z.number(),
    min_samples: COUNT,
    cooldown_ms: z.number(),
    resolve: z.object({ share: z.number(), after_ms: z.number(), no_data_ms: z.number() }),
  })
  .describe('The thresholds in use; see the section alerts of the configuration.')

export const WEBHOOK_STATE = z
  .object({
    id: z.string(),
    format: z.enum(WEBHOOK_FORMATS),
    min_severity: z.enum(SEVERITIES),
    is_signed: z.boolean(),
    waiting: COUNT,
    delivered: COUNT.describe('Since the start.'),
    given_up: COUNT.describe('Since the start.'),
  })
  .meta({ id: 'Webhook' })

export const SEVERITY_COUNTS = z
  .object({ info: COUNT, warning: COUNT, error: COUNT, critical: COUNT })
  .describe('Active alerts by severity.')

export const ALERT_FILTER = closedObject({
  status: z.enum(STATUSES).optional().describe('Only those with this status.'),
  severity: z.enum(SEVERITIES).optional().describe('Only those of this severity.'),
  type: z.enum(ALERT_TYPES).optional().describe('Only those of this type.'),
  model_id: z.string().min(1).optional().describe('Only those about this model.'),
  since: z.iso.datetime({ offset: true }).optional().describe('Only those that began then or later.'),
  ...PAGING,
})

export const ACKNOWLEDGEMENT = closedObject({
  by: z.string().min(1).max(256).optional().describe('Who has seen it.'),
}).meta({ examples: [{ by: 'on-call' }] })

export const CAPACITY_RULE_STATE = z
  .object({
    rule_id: z.string(),
    model_id: z.string(),
    action: z.enum(CAPACITY_ACTIONS),
    threshold: z.number(),
    duration_ms: z.number(),
    utilization: z.number().nullable().describe('Mean of some seconds; null while unknown.'),
    is_in_force: z.boolean(),
    since: INSTANT.nullable().describe(
      'Since when it is in force, or else at its threshold; null when neither.',
    ),
  })
  .meta({ id: 'CapacityRuleState' })

const MS = z.number().nullable()

export const CAPACITY_ADVICE = z
  .object({
    model_id: z.string(),
    max_concurrent: COUNT,
    advised_max_concurrent: COUNT,
    additional_slots: COUNT,
    target_wait_ms: z.number(),
    expected_wait_ms: MS.describe('With the slots there are; null where the queue would grow without end.'),
    advised_wait_ms: MS.describe('With the slots advised.'),
    one_fewer_wait_ms: MS.describe('With one fewer; null where the queue would grow without end.'),
    offered_load: z.number().describe('Slots in use on average where nobody waits (Erlangs).'),
    arrivals_per_second: z.number(),
    service_ms: z.number().describe('Mean time that a request holds a slot.'),
    arrival_cv2: z.number().describe('Squared coefficient of variation of the times between arrivals.'),
    service_cv2: z.number().describe('The same of the times that slots are held.'),
    calls: COUNT.describe('Ended calls it was measured from.'),
    over_ms: z.number().describe('Time it was measured over.'),
    slot_price: z.number().describe('Points (of 100) that a second of one of its slots is worth to others.'),
    reasons: z.array(z.string()).readonly().describe('The reasoning, a sentence each.'),
  })
  .meta({ id: 'CapacityAdvice' })
