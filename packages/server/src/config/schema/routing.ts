import { POLICIES, PRIORITIES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { BID } from './bid.js'
import { HEALTH } from './health.js'
import { HEDGING } from './hedging.js'
import { LONGEST_MS, milliseconds, share } from './quantities.js'
import { QUEUE } from './queue.js'

const TIMEOUTS = closedObject({
  connect_ms: milliseconds
    .default(5_000)
    .describe('Milliseconds to open a connection. A backend in reach answers in far less.'),
  first_byte_ms: milliseconds
    .default(120_000)
    .describe(
      'Milliseconds from sending the request to the first byte of the answer, or to the first content of a stream. An answer that is not streamed comes only when it is whole.',
    ),
  idle_ms: milliseconds
    .default(60_000)
    .describe(
      'Milliseconds between two pieces of an answer. A minute of silence is a stall, not a slow model.',
    ),
  total_ms: milliseconds
    .default(600_000)
    .describe(
      'Milliseconds from sending the request, to the first model if there are several attempts, to the end of the answer. What the OpenAI SDKs wait.',
    ),
})

const RETRIES = closedObject({
  max_attempts: z
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe(
      'Calls of models that one request may cost, the first included; 1 never tries another. Three: whoever failed at two models rarely fares better at a fourth.',
    ),
  share: share
    .default(0.2)
    .describe(
      'Further attempts allowed per answer completed in the last ten seconds, all requests together. A fifth mends single failures and cannot multiply the load when everything fails.',
    ),
  min_per_second: z
    .number()
    .min(0)
    .max(1_000_000)
    .default(1)
    .describe('Further attempts a second allowed besides. One, so that a quiet instance can retry at all.'),
})

/** How live requests are sent to models; see docs/concepts/routing.md. */
export const ROUTING = closedObject({
  policy: z
    .enum(POLICIES)
    .default('bid')
    .describe(
      'How a model is chosen among those with a free slot. bid weighs score, price, speed and what the slot is worth to others; the rest are for comparison and for equal replicas.',
    ),
  bid: BID.prefault({}).describe('What a bid weighs. Read by policy bid only.'),
  load_weight: share
    .default(0.3)
    .describe(
      'How strongly utilization lowers a score: score × (1 − load_weight × utilization); 0 ignores load. Read by policy weighted_load and by assignments. 0.3 lets a busy model keep the work only it is good at.',
    ),
  assignment_bonus: z
    .number()
    .min(0)
    .max(100)
    .default(5)
    .describe(
      'Points (of 100) added to the model an agent is assigned to. 5 decides between models of like worth and lets load decide otherwise.',
    ),
  max_wait_ms: z
    .int()
    .min(0)
    .max(LONGEST_MS)
    .default(30_000)
    .describe(
      'Milliseconds a request may wait for a free slot; 0 never waits. Half a minute outlasts a burst and not the patience of most clients.',
    ),
  highest_priority: z
    .enum(PRIORITIES)
    .default('interactive')
    .describe(
      'The most urgent priority that x-loadstar-priority can claim; a more urgent one is lowered to it. interactive: system may go above the target of a model, and anybody can write a header.',
    ),
  queue: QUEUE.prefault({}).describe('Who of those that wait is next, and who may use what is kept back.'),
  timeouts: TIMEOUTS.prefault({}).describe('How long a backend may take; afterwards its slot is freed.'),
  retries: RETRIES.prefault({}).describe(
    'How often another model is tried when one fails before the first byte of its answer went out; never after it.',
  ),
  hedging: HEDGING.prefault({}).describe(
    'When a stream whose first token does not come is asked of a second model as well, into a slot that is free at once.',
  ),
  health: HEALTH.prefault({}).describe('How models are judged by their answers, and what follows.'),
})
