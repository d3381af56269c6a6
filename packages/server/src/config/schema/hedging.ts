import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { milliseconds, share } from './quantities.js'

/** Second attempts on a missing first token; see docs/guide/gateway.md. */
export const HEDGING = closedObject({
  share: share
    .default(0.02)
    .describe(
      'Second attempts allowed per request, all requests together, ten saved up at most; 0 switches them off. Two in a hundred cut the tail and are not felt by the models.',
    ),
  min_delay_ms: milliseconds
    .default(500)
    .describe(
      'Milliseconds without a first token after which one is made at the earliest. Half a second: below that nobody notices.',
    ),
  factor: z
    .number()
    .min(1)
    .max(1_000)
    .default(3)
    .describe(
      'Times the usual (median) time to the first token of the model, of the last ten minutes, that must have passed as well; 20 such times must be known. Three times is a stall rather than a long prompt.',
    ),
})
