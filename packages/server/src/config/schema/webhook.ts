import { SEVERITIES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { identifier } from '../identifier.js'
import { milliseconds, millisecondsOrNone } from './quantities.js'

/** How what is sent looks: all of it, or what Slack and what is compatible with it show. */
export const WEBHOOK_FORMATS = ['json', 'slack'] as const

const webhookUrl = z.string().superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHttp = url !== undefined && /^https?:$/.test(url.protocol)
  const hasUser = isHttp && (url.username !== '' || url.password !== '')
  if (!isHttp) context.addIssue({ code: 'custom', message: 'must be an http:// or https:// URL' })
  if (hasUser) context.addIssue({ code: 'custom', message: 'must not carry a user or password' })
})

export const WEBHOOK = closedObject({
  id: identifier.describe('Its name in logs and in `GET …/alerts`; unique.'),
  url: webhookUrl.describe(
    'Where notifications are sent. It is never logged nor answered; one that is a secret, as Slack’s are, is best written as `${NAME}`.',
  ),
  secret: z
    .string()
    .min(16)
    .optional()
    .describe(
      'What notifications are signed with (HMAC-SHA256), at least 16 characters. Only from the environment, as `${NAME}`. Not signed when left out.',
    ),
  format: z
    .enum(WEBHOOK_FORMATS)
    .default('json')
    .describe(
      'json sends the whole alert, slack a message for a Slack-compatible webhook. json, because it says all.',
    ),
  min_severity: z
    .enum(SEVERITIES)
    .default('warning')
    .describe(
      'The mildest severity that is sent. warning: what is only for information need not call anybody.',
    ),
  timeout_ms: milliseconds
    .default(5_000)
    .describe('Milliseconds for one attempt. A receiver that is well answers in far less.'),
  max_attempts: z
    .int()
    .min(1)
    .max(20)
    .default(6)
    .describe(
      'Attempts for one notification; then it is given up and logged. Six outlast a restart of the receiver.',
    ),
  min_backoff_ms: milliseconds
    .default(1_000)
    .describe(
      'Milliseconds before the second attempt; they double from there, a random half of them taken off.',
    ),
  max_backoff_ms: milliseconds
    .default(60_000)
    .describe(
      'Milliseconds between two attempts at most, not below min_backoff_ms. A minute, so that news stays news.',
    ),
  max_queue: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .describe(
      'Notifications that may wait; beyond it the oldest is given up and logged. A thousand are a very bad day.',
    ),
  drain_ms: millisecondsOrNone
    .default(2_000)
    .describe(
      'Milliseconds that notifications may still take when Loadstar stops; 0 drops them. Two seconds do not hold up a restart.',
    ),
})
