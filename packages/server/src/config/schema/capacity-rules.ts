import { CAPACITY_ACTIONS, SEVERITIES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { identifier } from '../identifier.js'
import { milliseconds, millisecondsOrNone } from './quantities.js'

/** One capacity rule; see docs/concepts/alerts.md. */
export const CAPACITY_RULE = closedObject({
  id: identifier.describe('Its name in alerts and logs; unique.'),
  models: z
    .array(identifier)
    .min(1)
    .optional()
    .describe('Ids of the models it is about, each on its own. All when left out.'),
  utilization: z
    .number()
    .gt(0)
    .max(1)
    .default(0.75)
    .describe(
      'Share of max_concurrent in use at which it comes into force. Requests go no further than target_utilization (0.8 unless set), so above it a rule waits for priorities that may; where all slots within the target are in use, the target counts as reached. 0.75: nearly all that may be used.',
    ),
  duration_ms: millisecondsOrNone
    .default(30_000)
    .describe('Milliseconds for which it must be at least that. Half a minute is no burst.'),
  release_utilization: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Share below which it lets go, not above utilization. Nine tenths of utilization when left out.',
    ),
  release_after_ms: millisecondsOrNone
    .optional()
    .describe('Milliseconds for which it must be below that. As duration_ms when left out.'),
  action: z
    .enum(CAPACITY_ACTIONS)
    .default('alert_only')
    .describe(
      'What follows: alert_only raises threshold_breach, as all do; reject_new lets nobody new wait for the model; redistribute moves as few agents as may be to other models; scale_out advises how many slots would be enough. alert_only, for the rest changes who is served.',
    ),
  severity: z
    .enum(SEVERITIES)
    .default('warning')
    .describe('Of its alert. warning: what is full still works.'),
  target_wait_ms: milliseconds
    .default(200)
    .describe(
      'scale_out: milliseconds of expected wait that are wanted. A fifth of a second is hardly felt.',
    ),
  min_interval_ms: millisecondsOrNone
    .default(300_000)
    .describe(
      'redistribute, scale_out: milliseconds from one time to the next, all models together, while it is in force. Five minutes show what the last one did.',
    ),
  max_score_loss: z
    .number()
    .min(0)
    .max(100)
    .default(20)
    .describe(
      'redistribute: points (of 100) of match score that no agent loses more of by moving. Twenty: a worse model, not a wrong one.',
    ),
})
