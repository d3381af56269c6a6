/**
 * Every option of loadstar.yaml. The descriptions are what the reference page and editors show, so each says what
 * the option does, its unit, and why its default is what it is; ranges and defaults are read off the schema.
 */
import {
  AGENT_STATUSES,
  AGENT_TYPES,
  BUILT_IN_CAPABILITIES,
  DEFAULT_CONTEXT_LENGTH,
  DEFAULT_TARGET_UTILIZATION,
  PROFILES,
  TASK_TYPES,
} from '@loadstar/core'
import { z } from 'zod'
import { DIALECTS } from '../registry/entry.js'
import { closedObject } from './closed-object.js'
import { capabilityName, identifier, variableName } from './identifier.js'

const LONGEST_TIMEOUT_MS = 86_400_000
const MIB = 1_048_576

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

const milliseconds = z.int().min(1).max(LONGEST_TIMEOUT_MS)
const usdPerMTok = z.number().min(0)
const name = z.string().min(1).max(256)

const SERVER = closedObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on; HOST overrides it. Loopback, so that nothing is public by accident.'),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('TCP port; PORT overrides it, 0 picks a free one. 8080 needs no special rights.'),
  allowed_hosts: z
    .array(z.string().regex(/^[A-Za-z0-9._-]{1,253}$/, { error: 'must be a host name without port' }))
    .default([])
    .describe(
      'Host names by which clients reach it while it listens on loopback, e.g. that of a proxy on the same machine that keeps the name. Addresses, localhost and server.host need not be listed; other names are refused, so that no web page whose name was made to point at this machine can use it.',
    ),
  max_body_bytes: z
    .int()
    .min(1024)
    .max(1024 * MIB)
    .default(8 * MIB)
    .describe('Largest request body, in bytes. 8 MiB holds a long conversation with a few images in it.'),
  shutdown_grace_ms: z
    .int()
    .min(0)
    .max(LONGEST_TIMEOUT_MS)
    .default(25_000)
    .describe(
      'Milliseconds that running answers may go on after SIGTERM. Just below the 30 s after which Kubernetes kills.',
    ),
  api_key_envs: z
    .array(variableName)
    .default([])
    .describe(
      'Environment variables that models added through the API may name as `api_key_env`. Whoever reaches the API can have their values sent to a server of their own, so none unless listed.',
    ),
})

const PRICE = closedObject({
  input_usd_per_mtok: usdPerMTok.describe('US dollars per million input tokens.'),
  output_usd_per_mtok: usdPerMTok.describe('US dollars per million output tokens.'),
})

const MODEL = closedObject({
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
    .describe('The API the backend speaks. Nearly every engine and provider speaks this one.'),
  upstream_model: name.optional().describe('The name the backend knows the model by. The id when left out.'),
  api_key: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces or line breaks')
    .optional()
    .describe(
      'Bearer token sent to the backend. Only from the environment, as `${NAME}`, so that no secret is in the file.',
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
      'Share of max_concurrent above which the model counts as over target and its score drops. Four fifths warns before the limit is reached.',
    ),
  price: PRICE.optional().describe('What the backend charges. Unknown when left out.'),
  tags: z.array(z.string().min(1).max(64)).default([]).describe('Words of your own, shown beside the model.'),
  fallbacks: z
    .array(identifier)
    .max(32)
    .default([])
    .describe(
      'Ids of models that stand in for it, tried one after the other once no model the request named can answer: all failed before the first byte, are full, or are gone. None, so that a request for one model is answered by no other unless you say so.',
    ),
})

const AGENT = closedObject({
  id: identifier.describe('What requests carry in `x-agent-id`, or as `agent/<id>` in `model`; unique.'),
  name: name.optional().describe('Name for people. The id when left out.'),
  type: z.enum(AGENT_TYPES).default('inference').describe('What kind of agent it is; informative.'),
  status: z.enum(AGENT_STATUSES).default('online').describe('Only agents that are online are assigned.'),
  endpoint: z.string().min(1).max(2048).optional().describe('Where the agent can be reached; never called.'),
  task_type: z
    .enum(TASK_TYPES)
    .optional()
    .describe('A kind of work that stands for capabilities; those listed beside it are added.'),
  capabilities: z.array(capabilityName).default([]).describe('Capabilities the agent needs of its model.'),
  preferred_capabilities: z
    .array(capabilityName)
    .default([])
    .describe('Capabilities that make a model better for the agent without being needed.'),
  min_context_length: z
    .int()
    .min(1)
    .optional()
    .describe('Tokens its model should be able to read. Any will do when left out.'),
})

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
  share: z
    .number()
    .min(0)
    .max(1)
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

const ROUTING = closedObject({
  load_weight: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe(
      'How strongly utilization lowers a score: score × (1 − load_weight × utilization); 0 ignores load. 0.3 lets a busy model keep the work only it is good at.',
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
    .max(LONGEST_TIMEOUT_MS)
    .default(30_000)
    .describe(
      'Milliseconds a request may wait for a free slot; 0 never waits. Half a minute outlasts a burst and not the patience of most clients.',
    ),
  timeouts: TIMEOUTS.prefault({}).describe('How long a backend may take; afterwards its slot is freed.'),
  retries: RETRIES.prefault({}).describe(
    'How often another model is tried when one fails before the first byte of its answer went out; never after it.',
  ),
})

const ASSIGNMENT = closedObject({
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

const STORAGE = closedObject({
  url: z
    .string()
    .regex(/^file:./, { error: 'must be file:<path> or file::memory:' })
    .default('file:loadstar.db')
    .describe(
      'Where registry and assignments are kept: `file:<path>`, relative to the working directory, or `file::memory:` to keep nothing; DATABASE_URL overrides it. A file beside you needs no server.',
    ),
})

/** loadstar.yaml as it is written: snake_case, unknown keys refused. */
export const CONFIG_SCHEMA = closedObject({
  $schema: z.string().optional().describe('Address of this schema, for editors; not read.'),
  server: SERVER.prefault({}).describe('How Loadstar itself is reached.'),
  models: z.array(MODEL).default([]).describe('The backends. More can be added through the API.'),
  agents: z.array(AGENT).default([]).describe('The agents. More can be added through the API.'),
  routing: ROUTING.prefault({}).describe('How live requests are sent to models.'),
  assignment: ASSIGNMENT.prefault({}).describe('How agents are paired with models beforehand.'),
  storage: STORAGE.prefault({}).describe('Where state is kept.'),
})

export type ConfigDocument = z.output<typeof CONFIG_SCHEMA>
export type ModelDocument = ConfigDocument['models'][number]
export type AgentDocument = ConfigDocument['agents'][number]
