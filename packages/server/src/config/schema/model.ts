import {
  BUILT_IN_CAPABILITIES,
  DEFAULT_CONTEXT_LENGTH,
  DEFAULT_TARGET_UTILIZATION,
  PROFILES,
} from '@loadstar/core'
import { z } from 'zod'
import { DIALECTS, RESPONSES_APIS } from '../../registry/entry.js'
import { closedObject } from '../closed-object.js'
import { capabilityName, identifier } from '../identifier.js'
import { millisecondsOrNone, name } from './quantities.js'

const usdPerMTok = z.number().min(0)

const httpUrl = z.string().superRefine((text, context) => {
  const rule = httpUrlRule(text)
  if (rule !== undefined) context.addIssue({ code: 'custom', message: rule })
})

function httpUrlRule(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) return 'must be an http:// or https:// URL'
  if (url.username !== '' || url.password !== '') return 'must not carry a user or password; use api_key'
  if (url.search !== '' || url.hash !== '') return 'must not carry a ?query or #fragment'
  return undefined
}

const PRICE = closedObject({
  input_usd_per_mtok: usdPerMTok.describe('US dollars per million input tokens.'),
  output_usd_per_mtok: usdPerMTok.describe('US dollars per million output tokens.'),
})

const PACE = closedObject({
  first_token_ms: millisecondsOrNone.describe('Milliseconds from the request to the first token.'),
  output_tokens_per_second: z
    .number()
    .min(0.001)
    .max(1_000_000)
    .describe('Output tokens a second from then on.'),
})

export const MODEL = closedObject({
  id: identifier.describe('What clients write as `model` to get exactly this backend; unique.'),
  name: name.optional().describe('Name for people. The id when left out.'),
  alias: identifier
    .optional()
    .describe('A public name that several models may share: a request for it goes to the best of them.'),
  base_url: httpUrl.describe(
    "Base of the backend's API up to and including its version, e.g. http://127.0.0.1:9001/v1.",
  ),
  dialect: z
    .enum(DIALECTS)
    .default('openai')
    .describe(
      'The family of APIs the backend speaks; requests of the other are translated. Nearly every engine and provider speaks openai.',
    ),
  responses_api: z
    .enum(RESPONSES_APIS)
    .default('native')
    .describe(
      'How a backend of dialect openai serves /v1/responses: native passes requests on, translated carries them over its chat completions. native, for most engines have it by now.',
    ),
  stream_usage: z
    .boolean()
    .default(true)
    .describe(
      'Whether a stream is asked for its token counts (stream_options.include_usage) when the client did not; the client does not see them. true: without them cost and speed are estimates. false for a backend that refuses the field.',
    ),
  cache_responses: z
    .boolean()
    .default(false)
    .describe(
      'Whether answers of the model to repeatable requests (embeddings, and temperature 0) are given again to whoever asks the very same, without a slot; see response_cache. false: answers are kept only where you say so.',
    ),
  upstream_model: name.optional().describe('The name the backend knows the model by. The id when left out.'),
  api_key: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces or line breaks')
    .optional()
    .describe(
      'Key sent to the backend: as bearer token, or as x-api-key where the dialect is anthropic. Only from the environment, as `${NAME}`, so that no secret is in the file.',
    ),
  profile: z
    .enum(Object.keys(PROFILES) as [string, ...string[]])
    .optional()
    .describe(
      'A built-in description of a well-known model that fills capabilities and context_length; what is given beside it wins.',
    ),
  capabilities: z
    .record(capabilityName, z.number().min(0).max(1))
    .default({})
    .describe(
      `How strong the model is in each capability, 0 (absent) to 1; a name left out is 0. Known names: ${BUILT_IN_CAPABILITIES.join(', ')}; others may be added.`,
    ),
  context_length: z
    .int()
    .min(1)
    .optional()
    .describe(
      `Tokens the model can read. That of the profile, else ${DEFAULT_CONTEXT_LENGTH}, the smallest of widely served models.`,
    ),
  max_concurrent: z
    .int()
    .min(0)
    .max(1_000_000)
    .describe(
      'Requests the backend may hold at once; never exceeded, 0 sends it none. Required, because no guess would be safe.',
    ),
  max_queue: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe(
      'Requests that may wait for the model. Four times max_concurrent when left out: whoever waits behind more than four full turns had better be told at once.',
    ),
  target_utilization: z
    .number()
    .gt(0)
    .max(1)
    .default(DEFAULT_TARGET_UTILIZATION)
    .describe(
      'Share of max_concurrent that may be in use: floor(target_utilization × max_concurrent) requests, at least 1. Above it there is room only for the priorities of routing.queue.above_target and for queues that would otherwise expire. Four fifths: many engines slow down sharply when filled to the brim.',
    ),
  price: PRICE.optional().describe('What the backend charges. Unknown when left out.'),
  pace: PACE.optional().describe(
    'How fast the model is taken to be until answers of its own have told; with it bids are right from the first request. Unknown when left out: such models are taken alike.',
  ),
  tags: z.array(z.string().min(1).max(64)).default([]).describe('Words of your own, shown beside the model.'),
  fallbacks: z
    .array(identifier)
    .max(32)
    .default([])
    .describe(
      'Ids of models that stand in for it, tried one after the other once no model the request named can answer: all failed before the first byte, are full, or are gone. None, so that a request for one model is answered by no other unless you say so.',
    ),
})
