import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { MIB, milliseconds, millisecondsOrNone } from './quantities.js'

const RUN_CACHE = closedObject({
  ttl_ms: millisecondsOrNone
    .default(300_000)
    .describe(
      'Milliseconds for which the result of a run is kept; 0 keeps none. Five minutes: a run depends on nothing but its input, which is compared whole, so that age alone makes no result wrong; what nobody asks for again should make room.',
    ),
  max_bytes: z
    .int()
    .min(MIB)
    .max(4_096 * MIB)
    .default(64 * MIB)
    .describe(
      'Bytes that all kept results may take, 1 MiB to 4 GiB; those unused for longest go first. 64 MiB hold thousands of runs of 50 agents, or a dozen of 10,000.',
    ),
  load_step: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe(
      'Share of the slots of a model, 0 to 1, within which loads of the registry count as the same, and what was measured counts to two digits; 0 tells all apart. A tenth, because live loads change with every request and an assignment is meant for more than the next one. A model that is full or whose load is unknown is always told apart, and so are loads that come with a request.',
    ),
  warm_up: z
    .boolean()
    .default(false)
    .describe(
      'Make the run over the registry that has no options of its own once at the start, without storing it, so that the first who asks need not wait. Off, because it takes time of a processor that the first requests may want.',
    ),
})

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
  cache: RUN_CACHE.prefault({}).describe('Results of runs that are asked for again.'),
})
