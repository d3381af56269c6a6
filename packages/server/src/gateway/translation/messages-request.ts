import { ChatHistory } from './chat-history.js'
import type { Json } from './dialect.js'
import { defined } from './json-value.js'
import { sayMessages } from './messages-turns.js'
import type { Part } from './part.js'
import { refuseUncarried, type Fates } from './uncarried.js'
import { carriedUserId } from './user-id.js'

const CHAT = "OpenAI's chat completions"

/**
 * `thinking` is carried as effort. Thoughts of earlier turns are left out, as Anthropic itself leaves them out.
 * `output_format` is the older name of `output_config.format`. `context_management` is read on its own: clearing old content only saves room.
 */
const FATES: Fates = {
  backend: CHAT,
  carried: new Set([
    'model',
    'max_tokens',
    'messages',
    'system',
    'stop_sequences',
    'stream',
    'temperature',
    'top_p',
    'top_k',
    'tools',
    'tool_choice',
    'metadata',
    'thinking',
    'output_config',
    'output_format',
    'context_management',
  ]),
  harmless: new Set([
    'cache_control',
    'service_tier',
    'speed',
    'diagnostics',
    'user_profile_id',
    'workspace_id',
    'betas',
  ]),
  neutral: new Map([['mcp_servers', [[]]]]),
}

/** The chat request that says what an Anthropic request says; faults are noted at the request. */
export function chatRequestOf(request: Part): Json {
  refuseUncarried(request, FATES)
  refuseCompaction(request.at('context_management'))
  const maxTokens = request.at('max_tokens')
  if (maxTokens.isAbsent) maxTokens.refuse('is required')
  const stops = request.at('stop_sequences').optionalItems()
  const stream = request.at('stream').optionalFlag()
  const user = request.at('metadata').at('user_id').optionalText()
  const history = new ChatHistory()
  sayMessages(request, history)
  return defined({
    model: request.at('model').value,
    messages: history.messages(),
    max_tokens: maxTokens.optionalNumber(),
    stop: stops.length > 0 ? stops.map((stop) => stop.text()) : undefined,
    temperature: request.at('temperature').optionalNumber(),
    top_p: request.at('top_p').optionalNumber(),
    top_k: request.at('top_k').optionalNumber(),
    user: user === undefined ? undefined : carriedUserId(user),
    reasoning_effort: effortOf(request),
    response_format:
      formatOf(request.at('output_config').at('format')) ?? formatOf(request.at('output_format')),
    ...toolsOf(request),
    ...(stream === true ? { stream, stream_options: { include_usage: true } } : { stream }),
  })
}

/** Edits named `clear_…` drop old content to save room; others put something in its place. */
function refuseCompaction(management: Part): void {
  for (const edit of management.at('edits').optionalItems()) {
    const type = edit.at('type')
    if (!type.text().startsWith('clear_')) type.refuseKind(CHAT)
  }
}

/** Up to this many thinking tokens are this effort; more is `high`. */
const BUDGETS = [
  { upTo: 4096, effort: 'low' },
  { upTo: 16_384, effort: 'medium' },
] as const

/** Chat backends that know effort at all know up to `high`. */
const HIGHEST: ReadonlyMap<string, string> = new Map([
  ['xhigh', 'high'],
  ['max', 'high'],
])

function effortOf(request: Part): string | undefined {
  const told = request.at('output_config').at('effort').optionalText()
  if (told !== undefined) return HIGHEST.get(told) ?? told
  const thinking = request.at('thinking')
  if (thinking.at('type').value !== 'enabled') return undefined
  const budget = thinking.at('budget_tokens').optionalNumber()
  if (budget === undefined) return undefined
  return BUDGETS.find(({ upTo }) => budget <= upTo)?.effort ?? 'high'
}

function formatOf(format: Part): Json | undefined {
  if (format.isAbsent) return undefined
  const type = format.at('type')
  if (type.value !== 'json_schema') return type.refuseKind(CHAT)
  const schema = format.at('schema').object()
  // Anthropic holds answers to the schema; chat backends do so where it is `strict`, and want a name.
  return { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } }
}

function toolsOf(request: Part): Json {
  const tools = request.at('tools').optionalItems().map(toolOf)
  const choice = request.at('tool_choice')
  const isSerial = choice.at('disable_parallel_tool_use').optionalFlag()
  return {
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: choice.isAbsent ? undefined : choiceOf(choice),
    parallel_tool_calls: isSerial === true ? false : undefined,
  }
}

function toolOf(tool: Part): Json {
  const type = tool.at('type')
  if (!type.isAbsent && type.value !== 'custom') type.refuseKind(CHAT)
  const strict = tool.at('strict').optionalFlag()
  const called = {
    name: tool.at('name').text(),
    description: tool.at('description').optionalText(),
    parameters: tool.at('input_schema').object(),
    strict,
  }
  return { type: 'function', function: defined(called) }
}

function choiceOf(choice: Part): unknown {
  const type = choice.at('type')
  switch (type.value) {
    case 'auto':
    case 'none':
      return type.value
    case 'any':
      return 'required'
    case 'tool':
      return { type: 'function', function: { name: choice.at('name').text() } }
    default:
      return type.refuseKind(CHAT)
  }
}
