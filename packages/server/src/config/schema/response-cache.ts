import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { MIB, milliseconds } from './quantities.js'

const KIB = 1_024

/** See docs/concepts/response-cache.md. */
export const RESPONSE_CACHE = closedObject({
  url: z
    .string()
    .regex(/^rediss?:\/\/./, {
      error: 'must be redis://<user>:<password>@<host>:<port>/<database>, or rediss:// over TLS',
    })
    .optional()
    .describe(
      'The Valkey or Redis that keeps answers for all instances. Left out, each process keeps its own in memory, which needs no server.',
    ),
  timeout_ms: milliseconds
    .default(100)
    .describe(
      'Milliseconds that a Valkey or Redis may take to answer; later it is as if it had nothing. A tenth of a second: waiting longer for what may not be there would cost more than it saves.',
    ),
  ttl_ms: milliseconds
    .default(3_600_000)
    .describe(
      'Milliseconds for which an answer is given again. An hour: the answer itself does not age, but what serves a model at its address may be replaced.',
    ),
  max_bytes: z
    .int()
    .min(MIB)
    .max(16_384 * MIB)
    .default(64 * MIB)
    .describe(
      'Bytes of memory that answers may take in each process, 1 MiB to 16 GiB; those unused for longest go first. 64 MiB hold some ten thousand answers. Not read with a url: there the server has limits of its own (maxmemory, with allkeys-lru).',
    ),
  max_answer_bytes: z
    .int()
    .min(KIB)
    .max(64 * MIB)
    .default(MIB)
    .describe(
      'Bytes beyond which an answer is not kept, 1 KiB to 64 MiB. A MiB holds any conversation, and few others.',
    ),
})
