import { PRIORITIES, type Priority } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { LONGEST_MS, milliseconds, MIB, share } from './quantities.js'

const FLOORS = closedObject(
  Object.fromEntries(
    PRIORITIES.map((priority) => [
      priority,
      share.exactOptional().describe(`Share kept for requests of priority ${priority}.`),
    ]),
  ) as Record<Priority, z.ZodExactOptional<typeof share>>,
)

/** Who waits how, and who may use what is kept back; see docs/concepts/routing.md. */
export const QUEUE = closedObject({
  ageing_ms: milliseconds
    .default(5_000)
    .describe(
      'Milliseconds of waiting that raise a request by one priority, so that none starves. Five seconds: bulk is passed only by those who come within 15 s after it.',
    ),
  above_target: z
    .array(z.enum(PRIORITIES))
    .default(['system'])
    .describe(
      'Priorities that may use the slots of a model above its target_utilization, up to max_concurrent. system only: the more may go there, the less the target protects.',
    ),
  floors: FLOORS.default({}).describe(
    'Share of the slots within target of every model that is kept for a priority, 1 at most in all. None, because a kept slot is idle while nobody of its priority comes.',
  ),
  rescue_ms: z
    .int()
    .min(0)
    .max(LONGEST_MS)
    .default(1_000)
    .describe(
      'Milliseconds before the end of a wait (half of it at most) from which all in the same line may use slots above target. A second: a late answer from a fuller model is better than none.',
    ),
  max_bytes: z
    .int()
    .min(0)
    .max(1_048_576 * MIB)
    .default(256 * MIB)
    .describe(
      'Bytes that all waiting requests may hold together; beyond it the queue is full. 256 MiB fit into the memory of a small machine.',
    ),
  output_weight: z
    .number()
    .min(0)
    .default(2)
    .describe(
      'Input tokens that one output token counts in the account by which agents share a priority fairly. Two: an output token costs a model at least that much more.',
    ),
  share_slack: z
    .number()
    .min(0)
    .max(1e12)
    .default(8_000)
    .describe(
      'Such tokens that an agent may have been served more than another one that waits before requests of another kind pass it. 8,000, some ten conversations: enough to send each to the model it gains most by, too little to shut anybody out.',
    ),
})
