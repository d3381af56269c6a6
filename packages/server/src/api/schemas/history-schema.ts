import { z } from 'zod'
import { viewOf } from '../../history/decision-view.js'
import type { DecisionRow } from '../../history/decision-row.js'
import type { Cursor, DecisionQuery } from '../../history/store.js'
import { REQUEST_OUTCOMES } from '../../gateway/record.js'
import { ApiError } from '../error-envelope.js'

/** By which requests are chosen. */
export const HISTORY_FILTERS = {
  from: z.iso.datetime({ offset: true }).optional().describe('Only those that arrived then or later.'),
  to: z.iso.datetime({ offset: true }).optional().describe('Only those that arrived before.'),
  key_id: z.string().min(1).optional().describe('Only those that came with this key.'),
  agent_id: z.string().min(1).optional().describe('Only those of this agent.'),
  model_id: z.string().min(1).optional().describe('Only those that this model was given.'),
  outcome: z.enum(REQUEST_OUTCOMES).optional().describe('Only those that ended so.'),
  task: z.string().min(1).optional().describe('Only those of this task type.'),
  request_id: z.string().min(1).optional().describe('Only those with this `x-request-id`.'),
  min_queue_ms: z.coerce.number().min(0).optional().describe('Only those that waited at least so long.'),
  min_total_ms: z.coerce.number().min(0).optional().describe('Only those that took at least so long.'),
}

type Filters = z.output<z.ZodObject<typeof HISTORY_FILTERS>>

const MILLISECONDS = z.number().min(0)
const CANDIDATE = z
  .tuple([z.string(), z.number(), z.number().nullable(), z.number().nullable(), z.string().nullable()])
  .describe('Model, score, utilization, worth, and why it could not be given the request.')

/** One request as it is recorded; made by `viewOf`. */
export const DECISION_RECORD = z
  .object({
    decision_id: z.string().nullable().describe('Null for a request that never had a slot.'),
    request_id: z.string(),
    at_ms: z.number().describe('Unix milliseconds of its arrival.'),
    api: z.string(),
    asked_model: z.string().nullable().describe('As the client named it; null where that was not read.'),
    key_id: z.string().nullable().describe('Of the key it came with; null without one.'),
    agent_id: z.string().nullable(),
    task: z.string().nullable(),
    must_have: z.array(z.string()).nullable().describe('Capabilities the model had to have.'),
    priority: z.string().nullable(),
    is_stream: z.boolean().nullable(),
    model_id: z
      .string()
      .nullable()
      .describe('Whose answer went out, be it one kept in the response cache, else the last that was tried.'),
    score: z.number().nullable().describe('What the pairing was worth before load, 0..100.'),
    outcome: z.enum(REQUEST_OUTCOMES),
    status: z.int(),
    total_ms: MILLISECONDS,
    queue_ms: MILLISECONDS,
    overhead_ms: MILLISECONDS,
    service_ms: MILLISECONDS.nullable(),
    first_byte_ms: MILLISECONDS.nullable().describe('From dispatch.'),
    input_tokens: z.int().nullable(),
    output_tokens: z.int().nullable(),
    cost_usd: z.number().nullable().describe('Of all attempts together.'),
    attempts: z.int().describe('Calls of models.'),
    considered: z
      .object({
        policy: z.string(),
        explored: z.boolean().describe('Chosen to learn of it, not for its worth.'),
        margin: z.number().nullable(),
        models: z.array(CANDIDATE),
        omitted: z.int().describe('Candidates that are left out.'),
      })
      .nullable(),
    tries: z
      .array(z.tuple([z.string(), z.string(), MILLISECONDS]))
      .nullable()
      .describe('Of more than one attempt: model, outcome and milliseconds of each.'),
  })
  .meta({ id: 'DecisionRecord' })

export function recordView(row: DecisionRow): z.input<typeof DECISION_RECORD> {
  return viewOf(row) as z.input<typeof DECISION_RECORD>
}

/** The filters as the history understands them. */
export function queryOf(filters: Filters): Omit<DecisionQuery, 'order' | 'limit' | 'after'> {
  const { from, to, key_id, agent_id, model_id, outcome, task, request_id, min_queue_ms, min_total_ms } =
    filters
  return {
    ...(from === undefined ? {} : { fromMs: Date.parse(from) }),
    ...(to === undefined ? {} : { toMs: Date.parse(to) }),
    ...(key_id === undefined ? {} : { keyId: key_id }),
    ...(agent_id === undefined ? {} : { agentId: agent_id }),
    ...(model_id === undefined ? {} : { modelId: model_id }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(task === undefined ? {} : { task }),
    ...(request_id === undefined ? {} : { requestId: request_id }),
    ...(min_queue_ms === undefined ? {} : { minQueueMs: min_queue_ms }),
    ...(min_total_ms === undefined ? {} : { minTotalMs: min_total_ms }),
  }
}

/** What `next_cursor` holds: where a page ended. */
export function cursorText({ atMs, seq }: Cursor): string {
  return Buffer.from(`${atMs}/${seq}`).toString('base64url')
}

/** @throws {ApiError} for a text that `cursorText` did not make. */
export function cursorOf(text: string): Cursor {
  const [atMs = NaN, seq = NaN] = Buffer.from(text, 'base64url').toString().split('/').map(Number)
  const cursor = { atMs, seq }
  if (Number.isFinite(atMs) && Number.isSafeInteger(seq) && cursorText(cursor) === text) return cursor
  const shown = JSON.stringify(text.slice(0, LONGEST_CURSOR_SHOWN))
  throw new ApiError(
    400,
    'invalid_value',
    `cursor must be the next_cursor of an earlier page, got ${shown}`,
    'cursor',
  )
}

const LONGEST_CURSOR_SHOWN = 80
