import { PRIORITIES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { identifier } from '../identifier.js'

export const ROLES = ['client', 'viewer', 'admin'] as const

/** Shorter ones can be found by trying. */
const SHORTEST_KEY = 16

const KEY = closedObject({
  id: identifier.describe('What the key is called in budgets, history and logs; unique.'),
  key: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: 'must be printable characters without spaces or line breaks' })
    .min(SHORTEST_KEY)
    .max(512)
    .describe(
      'What clients send as `Authorization: Bearer …`, or as `x-api-key`. Only from the environment, as `${NAME}`, so that no secret is in the file.',
    ),
  role: z
    .enum(ROLES)
    .default('client')
    .describe(
      'client: live requests on /v1, and votes on answers (/api/v1/feedback). viewer: reads the API and /metrics, changes nothing. admin: everything. client, for keys are made for clients.',
    ),
  agents: z
    .array(identifier)
    .optional()
    .describe('Agents that requests with this key may speak for. Any when left out; none when empty.'),
  highest_priority: z
    .enum(PRIORITIES)
    .optional()
    .describe(
      'The most urgent priority its requests can claim, in place of routing.highest_priority, which holds when left out.',
    ),
})

export const AUTH = closedObject({
  keys: z
    .array(KEY)
    .default([])
    .describe(
      'Who may come in. With any, every path but health and documentation wants one of them; without, everybody who reaches the port may do everything, which is meant for loopback.',
    ),
})
