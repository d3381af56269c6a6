import { chatConversation } from './chat-turns.js'
import type { Json } from './dialect.js'
import { defined } from './json-value.js'
import type { Part } from './part.js'
import { refuseUncarried, type Fates } from './uncarried.js'
import { carriedUserId } from './user-id.js'

const MESSAGES = "Anthropic's messages"

/**
 * `seed` is best effort by its own definition; `store` keeps a copy at OpenAI and changes no answer; `prediction` only
 * makes answers faster.
 */
const FATES: Fates = {
  backend: MESSAGES,
  carried: new Set([
    'model',
    'messages',
    'max_tokens',
    'max_completion_tokens',
    'stop',
    'stream',
    'stream_options',
    'temperature',
    'top_p',
    'top_k',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'user',
    'safety_identifier',
    'reasoning_effort',
    'response_format',
  ]),
  harmless: new Set([
    'metadata',
    'service_tier',
    'seed',
    'store',
    'prediction',
    'prompt_cache_key',
    'prompt_cache_options',
    'prompt_cache_retention',
  ]),
  neutral: new Map<string, readonly unknown[]>([
    ['n', [1]],
    ['logprobs', [false]],
    ['top_logprobs', [0]],
    ['frequency_penalty', [0]],
    ['presence_penalty', [0]],
    ['logit_bias', [{}]],
    ['modalities', [['text']]],
    ['verbosity', ['medium']],
    ['functions', [[]]],
    ['function_call', ['auto', 'none']],
  ]),
}

/**
 * Tokens an answer may have where the client sets no limit: Anthropic requires one, OpenAI does not. Every Claude model
 * since 3.5 accepts it, and few answers are longer.
 */
export const DEFAULT_MAX_TOKENS = 8192

/** The Anthropic request that says what a chat request says; faults are noted at the request. */
export function messagesRequestOf(request: Part): Json {
  refuseUncarried(request, FATES)
  const { system, messages } = chatConversation(request)
  const maxCompletion = request.at('max_completion_tokens').optionalNumber()
  const stops = stopsOf(request.at('stop'))
  const user = request.at('user').optionalText() ?? request.at('safety_identifier').optionalText()
  return defined({
    model: request.at('model').value,
    max_tokens: maxCompletion ?? request.at('max_tokens').optionalNumber() ?? DEFAULT_MAX_TOKENS,
    system,
    messages,
    stop_sequences: stops.length > 0 ? stops : undefined,
    stream: request.at('stream').optionalFlag(),
    temperature: temperatureOf(request.at('temperature')),
    // 1 is both APIs' default, and many models of Anthropic take no sampling parameters at all.
    top_p: unlessOne(request.at('top_p').optionalNumber()),
    top_k: request.at('top_k').optionalNumber(),
    metadata: user === undefined ? undefined : { user_id: carriedUserId(user) },
    ...effortAndFormatOf(request),
    ...toolsOf(request),
  })
}

function temperatureOf(temperature: Part): number | undefined {
  const value = temperature.optionalNumber()
  if (value !== undefined && value > 1) {
    temperature.refuse(`must be at most 1 for a backend of ${MESSAGES}, got ${value}`)
  }
  return unlessOne(value)
}

function unlessOne(value: number | undefined): number | undefined {
  return value === 1 ? undefined : value
}

function stopsOf(stop: Part): readonly string[] {
  return stop.isText ? [stop.text()] : stop.optionalItems().map((item) => item.text())
}

function effortAndFormatOf(request: Part): Json {
  const asked = request.at('reasoning_effort').optionalText()
  const effort = asked === 'minimal' ? 'low' : asked
  const format = formatOf(request.at('response_format'))
  const isOff = effort === 'none'
  const config = defined({ effort: isOff ? undefined : effort, format })
  return {
    thinking: isOff ? { type: 'disabled' } : undefined,
    output_config: Object.keys(config).length > 0 ? config : undefined,
  }
}

function formatOf(format: Part): Json | undefined {
  const type = format.at('type')
  if (format.isAbsent || type.value === 'text') return undefined
  if (type.value !== 'json_schema') return type.refuseKind(MESSAGES)
  return { type: 'json_schema', schema: format.at('json_schema').at('schema').object() }
}

function toolsOf(request: Part): Json {
  const tools = request.at('tools').optionalItems().map(toolOf)
  const isParallel = request.at('parallel_tool_calls').optionalFlag()
  const choice = choiceOf(request.at('tool_choice'))
  if (tools.length === 0) return { tool_choice: choice?.['type'] === 'tool' ? choice : undefined }
  const isSerial = isParallel === false && choice?.['type'] !== 'none'
  return {
    tools,
    tool_choice: isSerial ? { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true } : choice,
  }
}

function toolOf(tool: Part): Json {
  const type = tool.at('type')
  if (type.value !== 'function') type.refuseKind(MESSAGES)
  const called = tool.at('function')
  const parameters = called.at('parameters')
  const isStrict = called.at('strict').optionalFlag() === true
  return defined({
    name: called.at('name').text(),
    description: called.at('description').optionalText(),
    input_schema: parameters.isAbsent ? { type: 'object', properties: {} } : parameters.object(),
    strict: isStrict ? true : undefined,
  })
}

function choiceOf(choice: Part): Json | undefined {
  if (choice.isAbsent) return undefined
  const kind = choice.isText ? choice : choice.at('type')
  switch (kind.value) {
    case 'auto':
    case 'none':
      return { type: kind.value }
    case 'required':
      return { type: 'any' }
    case 'function':
      return { type: 'tool', name: choice.at('function').at('name').text() }
    default:
      return kind.refuseKind(MESSAGES)
  }
}
