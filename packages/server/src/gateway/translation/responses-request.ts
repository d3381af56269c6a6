import { ChatHistory } from './chat-history.js'
import type { Json } from './dialect.js'
import { defined } from './json-value.js'
import type { Part } from './part.js'
import { sayInput } from './responses-turns.js'
import { refuseUncarried, type Fates } from './uncarried.js'

const CHAT = 'chat completions'

/**
 * `store` changes no answer, and what would need the stored state is refused by its own name. `truncation` and
 * `max_tool_calls` concern what a chat backend does not do: cutting the input, and tools of its own.
 */
const FATES: Fates = {
  backend: CHAT,
  carried: new Set([
    'model',
    'input',
    'instructions',
    'max_output_tokens',
    'stream',
    'temperature',
    'top_p',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'user',
    'safety_identifier',
    'reasoning',
    'text',
    'include',
  ]),
  harmless: new Set([
    'metadata',
    'service_tier',
    'store',
    'stream_options',
    'truncation',
    'max_tool_calls',
    'prompt_cache_key',
    'prompt_cache_options',
    'prompt_cache_retention',
    'client_metadata',
  ]),
  neutral: new Map<string, readonly unknown[]>([
    ['background', [false]],
    ['top_logprobs', [0]],
    ['context_management', [[]]],
  ]),
}

/** The chat request that says what a request for a response says; faults are noted at the request. */
export function responsesChatRequest(request: Part): Json {
  refuseUncarried(request, FATES)
  refuseLogprobs(request.at('include'))
  const history = new ChatHistory()
  const instructions = request.at('instructions').optionalText() ?? ''
  if (instructions !== '') history.say('system', instructions)
  sayInput(request.at('input'), history)
  const stream = request.at('stream').optionalFlag()
  const text = request.at('text')
  return defined({
    model: request.at('model').value,
    messages: history.messages(),
    // Backends that lack the responses API are mostly open servers, and this is the name all of them know.
    max_tokens: request.at('max_output_tokens').optionalNumber(),
    temperature: request.at('temperature').optionalNumber(),
    top_p: request.at('top_p').optionalNumber(),
    user: request.at('user').optionalText() ?? request.at('safety_identifier').optionalText(),
    reasoning_effort: effortOf(request.at('reasoning')),
    response_format: formatOf(text.at('format')),
    verbosity: text.at('verbosity').optionalText(),
    ...toolsOf(request),
    ...(stream === true ? { stream, stream_options: { include_usage: true } } : { stream }),
  })
}

function refuseLogprobs(include: Part): void {
  for (const item of include.optionalItems()) {
    if (item.text() === 'message.output_text.logprobs') item.refuseKind(CHAT)
  }
}

function effortOf(reasoning: Part): string | undefined {
  const mode = reasoning.at('mode')
  if (!mode.isAbsent && mode.value !== 'standard') mode.refuseKind(CHAT)
  return reasoning.at('effort').optionalText()
}

function formatOf(format: Part): Json | undefined {
  const type = format.at('type')
  if (format.isAbsent || type.value === 'text') return undefined
  if (type.value === 'json_object') return { type: 'json_object' }
  if (type.value !== 'json_schema') return type.refuseKind(CHAT)
  const schema = defined({
    name: format.at('name').text(),
    description: format.at('description').optionalText(),
    schema: format.at('schema').object(),
    strict: format.at('strict').optionalFlag(),
  })
  return { type: 'json_schema', json_schema: schema }
}

function toolsOf(request: Part): Json {
  const tools = request.at('tools').optionalItems().map(toolOf)
  const isParallel = request.at('parallel_tool_calls').optionalFlag()
  return {
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: choiceOf(request.at('tool_choice')),
    // Chat backends refuse it where there are no tools.
    parallel_tool_calls: tools.length > 0 ? isParallel : undefined,
  }
}

function toolOf(tool: Part): Json {
  const type = tool.at('type')
  if (type.value !== 'function') type.refuseKind(CHAT)
  const parameters = tool.at('parameters')
  const called = {
    name: tool.at('name').text(),
    description: tool.at('description').optionalText(),
    parameters: parameters.isAbsent ? undefined : parameters.object(),
    strict: tool.at('strict').optionalFlag(),
  }
  return { type: 'function', function: defined(called) }
}

function choiceOf(choice: Part): unknown {
  if (choice.isAbsent) return undefined
  const kind = choice.isText ? choice : choice.at('type')
  switch (kind.value) {
    case 'auto':
    case 'none':
    case 'required':
      return kind.value
    case 'function':
      return { type: 'function', function: { name: choice.at('name').text() } }
    default:
      return kind.refuseKind(CHAT)
  }
}
