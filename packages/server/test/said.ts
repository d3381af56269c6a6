import type { Json } from '../src/gateway/translation/dialect.js'

/** The same two turns, a pair of tool calls and what is made of their results, in the words of each API. */
export interface Turns {
  readonly calls: Json
  readonly text: Json
}

const CALLING = 'Let me see.'
export const FINAL = 'Sun in Rome, snow in Oslo.'
/** Input tokens are those of all APIs together: 30, of which 10 come from the cache. */
export const TOKENS = { input: 30, cached: 10, output: 7 }

export const CITY_SCHEMA = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
}

export const CHAT: Turns = {
  calls: completion(
    { content: CALLING, tool_calls: [chatCall('call_1', 'Rome'), chatCall('call_2', 'Oslo')] },
    'tool_calls',
  ),
  text: completion({ content: FINAL }, 'stop'),
}

export const MESSAGES: Turns = {
  calls: message([{ type: 'text', text: CALLING }, use('call_1', 'Rome'), use('call_2', 'Oslo')], 'tool_use'),
  text: message([{ type: 'text', text: FINAL }], 'end_turn'),
}

export const RESPONSES: Turns = {
  calls: responseOf([outputText(CALLING), functionCall('call_1', 'Rome'), functionCall('call_2', 'Oslo')]),
  text: response(FINAL),
}

/** A chat completion with this message. */
export function completion(said: Json, finish: string): Json {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'backend-name',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, ...said },
        logprobs: null,
        finish_reason: finish,
      },
    ],
    usage: {
      prompt_tokens: TOKENS.input,
      completion_tokens: TOKENS.output,
      total_tokens: TOKENS.input + TOKENS.output,
      prompt_tokens_details: { cached_tokens: TOKENS.cached },
    },
  }
}

/** An Anthropic message of these blocks. */
export function message(
  content: readonly Json[],
  stopReason: string,
  stopSequence: string | null = null,
): Json {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'backend-name',
    content,
    stop_reason: stopReason,
    stop_sequence: stopSequence,
    usage: {
      input_tokens: TOKENS.input - TOKENS.cached,
      cache_read_input_tokens: TOKENS.cached,
      cache_creation_input_tokens: 0,
      output_tokens: TOKENS.output,
    },
  }
}

function use(id: string, city: string): Json {
  return { type: 'tool_use', id, name: 'weather', input: { city } }
}

function chatCall(id: string, city: string): Json {
  return { id, type: 'function', function: { name: 'weather', arguments: JSON.stringify({ city }) } }
}

/** A response that says this. */
export function response(text: string): Json {
  return responseOf([outputText(text)])
}

function responseOf(output: readonly Json[]): Json {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    model: 'backend-name',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    output,
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: {
      input_tokens: TOKENS.input,
      input_tokens_details: { cached_tokens: TOKENS.cached },
      output_tokens: TOKENS.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: TOKENS.input + TOKENS.output,
    },
  }
}

function outputText(text: string): Json {
  const content = [{ type: 'output_text', text, annotations: [], logprobs: [] }]
  return { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content }
}

function functionCall(callId: string, city: string): Json {
  const id = `fc_${callId}`
  return {
    id,
    type: 'function_call',
    status: 'completed',
    call_id: callId,
    name: 'weather',
    arguments: JSON.stringify({ city }),
  }
}
