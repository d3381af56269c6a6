import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { identifier } from '../identifier.js'

const most = z.number().positive().max(1e15)

const LIMITS = closedObject({
  requests: z.int().min(1).max(1e12).exactOptional().describe('Requests that models were called for.'),
  tokens: z
    .int()
    .min(1)
    .max(1e15)
    .exactOptional()
    .describe('Input and output tokens together, as the models counted them.'),
  cost_usd: most.exactOptional().describe('US dollars at the prices of the models.'),
})

const BUDGET = closedObject({
  key: identifier.optional().describe('Whose: the id of one of auth.keys. Either this or agent.'),
  agent: identifier.optional().describe('Whose: the id of an agent, whichever key it comes with.'),
  per_minute: LIMITS.optional().describe('Limits on the last sixty seconds, whenever they began.'),
  per_day: LIMITS.optional().describe('Limits on a day of UTC; kept in the database.'),
  per_month: LIMITS.optional().describe('Limits on a month of UTC; kept in the database.'),
})

/** See docs/concepts/budgets.md. */
export const BUDGETS = z.array(BUDGET).default([])
