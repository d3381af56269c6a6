/**
 * The `/v1/*` paths of the OpenAPI document. The gateway answers them outside the API's framework, so they are
 * described here by hand: the references of OpenAI and Anthropic have every field of a body; these are the ones a router
 * reads or adds.
 */

import { PRIORITIES } from '@loadstar/core'

const ERROR = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }

/** In the words of the Anthropic API. */
const MESSAGE_ERROR = {
  'application/json': {
    schema: {
      type: 'object',
      required: ['type', 'error'],
      properties: {
        type: { const: 'error' },
        error: {
          type: 'object',
          required: ['type', 'message'],
          properties: { type: { type: 'string' }, message: { type: 'string' } },
        },
      },
    },
  },
}

const REQUEST_HEADERS = [
  header('x-agent-id', 'string', 'The agent that asks; its needs and its assignment guide the choice.'),
  header('x-loadstar-require', 'string', 'Capabilities the model must have, e.g. `coding,function_calling`.'),
  {
    ...header(
      'x-loadstar-priority',
      'string',
      'How urgent it is; at most `routing.highest_priority`, a more urgent one is lowered to it. `default` when left out.',
    ),
    schema: { type: 'string', enum: PRIORITIES },
  },
  {
    ...header(
      'x-loadstar-deadline-ms',
      'integer',
      'Milliseconds from its arrival within which the whole answer is wanted: turned away at once when waiting would take too long for that.',
    ),
    schema: { type: 'integer', minimum: 1 },
  },
  header('x-loadstar-explain', 'string', '`1` adds `x-loadstar-explanation` to the answer.'),
  header(
    'cache-control',
    'string',
    '`no-cache` asks the model though the response cache may know the answer, `no-store` has nothing kept either.',
  ),
  header('x-request-id', 'string', 'Your own id of the request; one is made when left out.'),
]

const ANSWER_HEADERS = {
  'x-request-id': answerHeader('string', 'The id of the request.'),
  'x-loadstar-model': answerHeader('string', 'The model that answered.'),
  'x-loadstar-decision-id': answerHeader('string', 'The id of the decision.'),
  'x-loadstar-queue-ms': answerHeader('number', 'Milliseconds spent waiting for a slot.'),
  'x-loadstar-overhead-ms': answerHeader(
    'number',
    'Milliseconds spent here besides waiting and earlier attempts.',
  ),
  'x-loadstar-attempts': answerHeader(
    'integer',
    'How many calls of models it took, the one that answered included.',
  ),
  'x-loadstar-cache': answerHeader(
    'string',
    '`hit` where the answer was given before, `miss` where the response cache had none; absent where it was not asked. A hit has an `age` in seconds and no decision.',
  ),
  'x-loadstar-explanation': answerHeader('string', 'The terms of the decision as JSON, when asked for.'),
}

const RETRY_HEADERS = {
  'retry-after': answerHeader('integer', 'Seconds after which trying again may help.'),
  'retry-after-ms': answerHeader('integer', 'The same in milliseconds.'),
  'x-should-retry': answerHeader('string', '`true` or `false`; the OpenAI SDKs follow it.'),
}

const REFUSALS = {
  '400': refusal(
    'A field of the request is wrong, cannot be carried to the API of any model asked for (`untranslatable`), or the body is no JSON.',
  ),
  '404': refusal('There is no such model or agent.'),
  '405': wrongMethod(),
  '413': refusal('The body is larger than server.max_body_bytes.'),
  '415': refusal('The body is not application/json.'),
  '429': refusal(
    'There are models for it, but the queue is full, it waited too long, or would for its deadline.',
    RETRY_HEADERS,
  ),
  '502': refusal('The model failed, could not be reached, or answered nonsense.'),
  '503': refusal('No model can serve it, or the instance is shutting down.', RETRY_HEADERS),
  '504': refusal('The model took too long.'),
}

const MODEL_FIELD = {
  type: 'string',
  description: 'A model id, an alias, `auto`, `auto/<task type>` or `agent/<agent id>`.',
}

export const GATEWAY_PATHS = {
  '/v1/chat/completions': forwarded(
    'Chat completion by the best model with a free slot',
    {
      model: MODEL_FIELD,
      messages: { type: 'array', minItems: 1, items: { type: 'object', additionalProperties: true } },
      stream: { type: 'boolean', description: 'Answers by server-sent events, passed on as they come.' },
    },
    ['model', 'messages'],
    { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] },
  ),
  '/v1/completions': forwarded(
    'Text completion by the best model with a free slot',
    { model: MODEL_FIELD, prompt: textOrList(), stream: { type: 'boolean' } },
    ['model', 'prompt'],
    { model: 'auto', prompt: 'Once upon a time' },
  ),
  '/v1/embeddings': forwarded(
    'Embeddings by the best model with a free slot',
    { model: MODEL_FIELD, input: textOrList() },
    ['model', 'input'],
    { model: 'auto', input: 'Hello' },
  ),
  '/v1/responses': forwarded(
    'A response by the best model with a free slot',
    { model: MODEL_FIELD, input: textOrList(), stream: { type: 'boolean' } },
    ['model'],
    { model: 'auto', input: 'Hello' },
  ),
  '/v1/messages': forwarded(
    'A message of the Anthropic API by the best model with a free slot',
    {
      model: MODEL_FIELD,
      messages: { type: 'array', minItems: 1, items: { type: 'object', additionalProperties: true } },
      max_tokens: { type: 'integer', minimum: 1 },
      stream: { type: 'boolean' },
    },
    ['model', 'messages'],
    { model: 'auto', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] },
    MESSAGE_ERROR,
  ),
  '/v1/messages/count_tokens': counted(),
  '/v1/models': {
    get: {
      tags: ['gateway'],
      summary: 'List models, aliases and `auto`',
      description:
        'Besides these names a request may use `auto/<task type>` and `agent/<agent id>` as `model`; they are not listed.',
      responses: {
        '200': {
          description: 'Models, aliases and `auto`.',
          content: { 'application/json': { schema: modelList() } },
        },
        '405': wrongMethod(),
      },
    },
  },
  '/v1/models/{id}': {
    get: {
      tags: ['gateway'],
      summary: 'One of the listed names',
      parameters: [
        {
          name: 'id',
          in: 'path',
          required: true,
          description: 'A model id, an alias or `auto`.',
          schema: { type: 'string' },
        },
      ],
      responses: {
        '200': {
          description: 'The model, the alias or `auto`.',
          content: { 'application/json': { schema: listedModel() } },
        },
        '404': refusal('No such name is listed.'),
        '405': wrongMethod(),
      },
    },
  },
}

function forwarded(
  summary: string,
  properties: object,
  required: readonly string[],
  example: object,
  error: object = ERROR,
) {
  return {
    post: {
      tags: ['gateway'],
      summary,
      description:
        'Other fields of the API are passed on unread, or translated where the model speaks another one.',
      parameters: REQUEST_HEADERS,
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { type: 'object', properties, required, additionalProperties: true },
            example,
          },
        },
      },
      responses: {
        '200': {
          description: "The model's own answer, JSON or server-sent events.",
          headers: ANSWER_HEADERS,
          content: {
            'application/json': { schema: { type: 'object', additionalProperties: true } },
            'text/event-stream': { schema: { type: 'string' } },
          },
        },
        ...Object.fromEntries(
          Object.entries(REFUSALS).map(([status, told]) => [status, { ...told, content: error }]),
        ),
      },
    },
  }
}

/** What needs no model is answered at once. */
function counted() {
  const { '400': wrong, '404': unknown, '405': method, '413': large, '415': type } = REFUSALS
  const refusals = Object.entries({ '400': wrong, '404': unknown, '405': method, '413': large, '415': type })
  return {
    post: {
      tags: ['gateway'],
      summary: 'How many tokens a message of the Anthropic API has',
      description: 'The estimate that routing uses; no model is asked.',
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { model: MODEL_FIELD, messages: { type: 'array', minItems: 1, items: {} } },
              required: ['model', 'messages'],
              additionalProperties: true,
            },
            example: { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] },
          },
        },
      },
      responses: {
        '200': {
          description: 'The estimate.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['input_tokens'],
                properties: { input_tokens: { type: 'integer', minimum: 0 } },
              },
            },
          },
        },
        ...Object.fromEntries(
          refusals.map(([status, told]) => [status, { ...told, content: MESSAGE_ERROR }]),
        ),
      },
    },
  }
}

function textOrList() {
  return { oneOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: {} }] }
}

function listedModel() {
  return {
    type: 'object',
    required: ['id', 'object', 'created', 'owned_by', 'type', 'display_name', 'created_at'],
    properties: {
      id: { type: 'string' },
      object: { const: 'model' },
      created: { type: 'integer' },
      owned_by: { type: 'string' },
      type: { const: 'model' },
      display_name: { type: 'string' },
      created_at: { type: 'string', format: 'date-time' },
      capabilities: {
        type: 'object',
        additionalProperties: { type: 'number' },
        description: 'Strength by capability, 0..1; of models.',
      },
      context_length: { type: 'integer', description: 'Tokens; of models.' },
      max_concurrent: { type: 'integer', description: 'Requests at once; of models.' },
      serves: {
        type: 'array',
        items: { type: 'string' },
        description: 'The models behind an alias or `auto`.',
      },
    },
  }
}

function modelList() {
  return {
    type: 'object',
    required: ['object', 'data', 'has_more', 'first_id', 'last_id'],
    properties: {
      object: { const: 'list' },
      data: { type: 'array', items: listedModel() },
      has_more: { const: false },
      first_id: { type: ['string', 'null'] },
      last_id: { type: ['string', 'null'] },
    },
  }
}

function header(name: string, type: string, description: string) {
  return { name, in: 'header', required: false, description, schema: { type } }
}

function answerHeader(type: string, description: string) {
  return { description, schema: { type } }
}

function refusal(description: string, headers: object = {}) {
  const reason = { 'x-loadstar-reason': answerHeader('string', 'Why, machine-readable.') }
  return { description, headers: { ...reason, ...headers }, content: ERROR }
}

/** What any other method of the path gets. */
function wrongMethod() {
  return refusal('The path takes another method.', {
    allow: answerHeader('string', 'The methods it takes.'),
  })
}
