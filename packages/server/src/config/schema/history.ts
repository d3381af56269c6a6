import { z } from 'zod'
import { closedObject } from '../closed-object.js'

/** See docs/concepts/history.md. */
export const HISTORY = closedObject({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'Whether every routed request is recorded: who asked, what for, which models were weighed, what became of it; never its text. On, for what was not recorded cannot be asked later.',
    ),
  flush_ms: z
    .int()
    .min(10)
    .max(60_000)
    .default(250)
    .describe(
      'Milliseconds between two writes, and so what a crash of the process may cost. A quarter of a second: batches are then large enough to be cheap, and recent requests are found at once.',
    ),
  buffer_rows: z
    .int()
    .min(100)
    .max(1_000_000)
    .default(20_000)
    .describe(
      'Requests that may wait to be stored while the database is slow or away; those beyond are dropped and counted. Four seconds at 5,000 a second, some 20 MB.',
    ),
  retention_days: z
    .number()
    .min(0.001)
    .max(3_650)
    .default(30)
    .describe('Days after which a request is forgotten. A month, to compare one with the last.'),
  max_rows: z
    .int()
    .min(1_000)
    .max(1_000_000_000)
    .default(1_000_000)
    .describe(
      'Requests kept at most; the oldest go first. A million take some 0.8 GB, and pages stay fast at that size.',
    ),
})
