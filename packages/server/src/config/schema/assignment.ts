import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { milliseconds } from './quantities.js'

export const ASSIGNMENT = closedObject({
  strategy: z
    .enum(['greedy', 'balanced', 'optimal'])
    .default('optimal')
    .describe('How agents are paired with models. optimal has the greatest total score there is.'),
  load_balancing: z
    .boolean()
    .default(true)
    .describe(
      'Whether each placement lowers what the model is worth to the next agent. On, to spread agents.',
    ),
  time_limit_ms: milliseconds
    .default(30_000)
    .describe(
      'Milliseconds that one large assignment may take before it is given up with a 503. Half a minute is far beyond what 10,000 agents and 100 models need.',
    ),
})
