import { PROFILES, type Capacity } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import { modelFrom, priceFrom, reachableModelFrom, withoutSlash } from '../../config/expansion.js'
import { CONFIG_SCHEMA } from '../../config/schema.js'
import { variableName } from '../../config/identifier.js'
import { DIALECTS, RESPONSES_APIS, type ModelEntry, type ModelOverride } from '../../registry/entry.js'
import { limitsOf, overrideOf } from '../../registry/operation.js'
import { withoutDefault } from './without-default.js'

const FIELDS = CONFIG_SCHEMA.shape.models.unwrap().element.shape

const API_KEY_ENV = variableName
  .optional()
  .describe(
    'Name of the environment variable that holds the bearer token, one of server.api_key_envs; the token itself is never accepted.',
  )

/** The file's rule says `use api_key` for a password, which is not taken here. */
const BASE_URL = z
  .string()
  .refine((text) => !carriesPassword(text), {
    error: 'must not carry a user or password; use api_key_env',
    abort: true,
  })
  .pipe(FIELDS.base_url)
  .describe(FIELDS.base_url.description ?? '')

function carriesPassword(text: string): boolean {
  const { username, password } = URL.canParse(text) ? new URL(text) : { username: '', password: '' }
  return username !== '' || password !== ''
}

const PROFILE_FIELDS = {
  profile: FIELDS.profile,
  capabilities: FIELDS.capabilities,
  context_length: FIELDS.context_length,
  max_concurrent: FIELDS.max_concurrent,
  max_queue: FIELDS.max_queue,
  target_utilization: FIELDS.target_utilization,
  price: FIELDS.price,
}

export const NEW_MODEL = closedObject({
  id: FIELDS.id,
  name: FIELDS.name,
  ...PROFILE_FIELDS,
  base_url: BASE_URL,
  dialect: FIELDS.dialect,
  responses_api: FIELDS.responses_api,
  stream_usage: FIELDS.stream_usage,
  cache_responses: FIELDS.cache_responses,
  alias: FIELDS.alias,
  upstream_model: FIELDS.upstream_model,
  api_key_env: API_KEY_ENV,
  tags: FIELDS.tags,
}).meta({
  examples: [
    {
      id: 'atlas-70b',
      base_url: 'http://127.0.0.1:9101/v1',
      profile: 'llama3-70b',
      max_concurrent: 12,
      alias: 'chat',
    },
  ],
})

/** Ids of inline models never become part of a URL, so any text will do. */
export const INLINE_MODEL = closedObject({
  id: z.string().min(1).max(256).describe('Unique in the list.'),
  name: FIELDS.name,
  ...PROFILE_FIELDS,
  load: closedObject({
    active_requests: z.int().min(0).describe('Requests it serves at this moment.'),
    last_updated: z.iso
      .datetime({ offset: true, error: 'must be a date and time such as 2026-01-31T12:00:00Z' })
      .optional()
      .describe('When that was seen. A load older than 60 s is unknown, which never reads as free.'),
  })
    .optional()
    .describe('What it carries already. Nothing when left out.'),
  performance: closedObject({
    requests: z.number().min(0).describe('How many requests the rest was measured by.'),
    success_rate: z.number().min(0).max(1).describe('Share of them that were answered.'),
    avg_latency_ms: z.number().min(0).nullable().optional().describe('Mean milliseconds of the answers.'),
    slowness: z
      .number()
      .min(0)
      .nullable()
      .optional()
      .describe(
        'Times the usual that answers took for their lengths; read where scoring.latency.mode is relative.',
      ),
  })
    .optional()
    .describe('What was measured of it, for its adaptive score. Nothing when left out.'),
})

export const MODEL_CHANGES = closedObject({
  name: FIELDS.name,
  profile: FIELDS.profile,
  capabilities: withoutDefault(FIELDS.capabilities),
  context_length: FIELDS.context_length,
  max_concurrent: FIELDS.max_concurrent.optional(),
  max_queue: FIELDS.max_queue
    .nullable()
    .describe(
      'Requests that may wait for the model; null: four times max_concurrent, as when a new model leaves it out. It does not follow a change of max_concurrent by itself.',
    ),
  target_utilization: withoutDefault(FIELDS.target_utilization),
  price: FIELDS.price.nullable(),
  base_url: BASE_URL.optional(),
  dialect: withoutDefault(FIELDS.dialect),
  responses_api: withoutDefault(FIELDS.responses_api),
  stream_usage: withoutDefault(FIELDS.stream_usage),
  cache_responses: withoutDefault(FIELDS.cache_responses),
  alias: FIELDS.alias.nullable(),
  upstream_model: FIELDS.upstream_model,
  api_key_env: API_KEY_ENV.nullable(),
  tags: withoutDefault(FIELDS.tags),
}).meta({
  description:
    'What is left out stays as it is; null removes, or brings the default back. Limits apply to live traffic at once.',
  examples: [{ max_concurrent: 20 }],
})

export const MODEL_OPERATION = closedObject({
  enabled: z
    .boolean()
    .optional()
    .describe(
      'false: it is given nothing new, those who wait for it only are turned away, and what runs there ends.',
    ),
  max_concurrent: FIELDS.max_concurrent.nullable().optional(),
  max_queue: FIELDS.max_queue.nullable(),
  target_utilization: withoutDefault(FIELDS.target_utilization).nullable(),
})
  .refine((body) => Object.keys(body).length > 0, { error: 'must change something' })
  .meta({
    description: 'What is left out stays as it is; null gives a limit back to the definition.',
    examples: [{ enabled: false }, { max_concurrent: 6 }],
  })

const LIMIT = z.number().nullable().describe('Null where it is as defined.')

export const MODEL = z
  .object({
    id: z.string(),
    name: z.string(),
    capabilities: z.record(z.string(), z.number()).describe('Strength by capability, 0..1.'),
    context_length: z.int().describe('Tokens.'),
    max_concurrent: z.int(),
    max_queue: z.int(),
    target_utilization: z.number(),
    price: z
      .object({ input_usd_per_mtok: z.number(), output_usd_per_mtok: z.number() })
      .nullable()
      .describe('US dollars per million tokens.'),
    base_url: z.string(),
    dialect: z.enum(DIALECTS),
    responses_api: z.enum(RESPONSES_APIS),
    stream_usage: z.boolean(),
    cache_responses: z.boolean(),
    alias: z.string().nullable(),
    upstream_model: z.string(),
    api_key_env: z.string().nullable().describe('The name of the variable; keys themselves are never shown.'),
    tags: z.array(z.string()),
    enabled: z.boolean().describe('Else it is given nothing new; its limits are those it has when it is.'),
    override: z
      .object({ max_concurrent: LIMIT, max_queue: LIMIT, target_utilization: LIMIT })
      .nullable()
      .describe('Limits that an operator laid over the definition; null without.'),
    source: z.enum(['file', 'api']).describe('`file`: defined in loadstar.yaml and changed there only.'),
  })
  .meta({ id: 'Model' })

type NewModel = z.output<typeof NEW_MODEL>
export type InlineModel = z.output<typeof INLINE_MODEL>
type ModelChanges = z.output<typeof MODEL_CHANGES>
type ModelOperation = z.output<typeof MODEL_OPERATION>

export function modelEntryFrom(given: NewModel): ModelEntry {
  const { api_key_env: apiKeyEnv } = given
  return { ...reachableModelFrom(given), ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }), source: 'api' }
}

export function changedModel(current: ModelEntry, changes: ModelChanges): ModelEntry {
  const { alias: oldAlias, apiKeyEnv: oldKey, price: oldPrice, ...rest } = current
  const { responses_api: responsesApi, stream_usage: streamUsage, cache_responses: cachesResponses } = changes
  const profile = changes.profile === undefined ? undefined : PROFILES[changes.profile]
  const alias = changes.alias === undefined ? oldAlias : changes.alias
  const apiKeyEnv = changes.api_key_env === undefined ? oldKey : changes.api_key_env
  const price = changes.price ? priceFrom(changes.price) : changes.price
  const maxConcurrent = changes.max_concurrent ?? current.maxConcurrent
  const nextPrice = price === undefined ? oldPrice : price
  return {
    ...rest,
    name: changes.name ?? current.name,
    capabilities: changes.capabilities ?? profile?.capabilities ?? current.capabilities,
    contextLength: changes.context_length ?? profile?.contextLength ?? current.contextLength,
    maxConcurrent,
    maxQueue: changes.max_queue === null ? queueFor(maxConcurrent) : (changes.max_queue ?? current.maxQueue),
    targetUtilization: changes.target_utilization ?? current.targetUtilization,
    ...(nextPrice === undefined || nextPrice === null ? {} : { price: nextPrice }),
    baseUrl: changes.base_url === undefined ? current.baseUrl : withoutSlash(changes.base_url),
    dialect: changes.dialect ?? current.dialect,
    ...(responsesApi === undefined ? {} : { responsesApi }),
    ...(streamUsage === undefined ? {} : { streamUsage }),
    ...(cachesResponses === undefined ? {} : { cachesResponses }),
    ...(alias === undefined || alias === null ? {} : { alias }),
    upstreamModel: changes.upstream_model ?? current.upstreamModel,
    ...(apiKeyEnv === undefined || apiKeyEnv === null ? {} : { apiKeyEnv }),
    tags: changes.tags ?? current.tags,
  }
}

export function changedOverride(current: ModelOverride, changes: ModelOperation): ModelOverride {
  const limit = <Name extends keyof Capacity>(name: Name, given: number | null | undefined) => {
    const value = given === undefined ? current[name] : given
    return value === undefined || value === null ? {} : { [name]: value }
  }
  return {
    isEnabled: changes.enabled ?? current.isEnabled,
    ...limit('maxConcurrent', changes.max_concurrent),
    ...limit('maxQueue', changes.max_queue),
    ...limit('targetUtilization', changes.target_utilization),
  }
}

/** What a new model of this size gets when it leaves `max_queue` out. */
function queueFor(maxConcurrent: number): number {
  const model = { id: '', capabilities: {}, target_utilization: 1, max_concurrent: maxConcurrent }
  return modelFrom(model).maxQueue
}

/** Field by field, so that a secret cannot slip out. */
export function modelView(model: ModelEntry): z.input<typeof MODEL> {
  const limits = limitsOf(model)
  const override = overrideOf(model)
  return {
    id: model.id,
    name: model.name,
    capabilities: model.capabilities,
    context_length: model.contextLength,
    max_concurrent: limits.maxConcurrent,
    max_queue: limits.maxQueue,
    target_utilization: limits.targetUtilization,
    price:
      model.price === undefined
        ? null
        : {
            input_usd_per_mtok: model.price.inputUsdPerMTok,
            output_usd_per_mtok: model.price.outputUsdPerMTok,
          },
    base_url: model.baseUrl,
    dialect: model.dialect,
    responses_api: model.responsesApi ?? 'native',
    stream_usage: model.streamUsage ?? true,
    cache_responses: model.cachesResponses ?? false,
    alias: model.alias ?? null,
    upstream_model: model.upstreamModel,
    api_key_env: model.apiKeyEnv ?? null,
    tags: [...model.tags],
    enabled: override.isEnabled,
    override: overrideView(override),
    source: model.source,
  }
}

function overrideView(override: ModelOverride): z.input<typeof MODEL>['override'] {
  const { maxConcurrent = null, maxQueue = null, targetUtilization = null } = override
  const limits = { max_concurrent: maxConcurrent, max_queue: maxQueue, target_utilization: targetUtilization }
  return Object.values(limits).every((limit) => limit === null) ? null : limits
}
