import { event } from './scripted-upstream.js'

/** A stream of an API in pieces: what says nothing yet, a word, all that follows; and what it says when it fails. */
export interface Pieces {
  readonly isAnthropic: boolean
  readonly opening: string
  readonly content: string
  readonly rest: string
  readonly failure: string
}

function named(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 1 },
}
const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status: 'in_progress',
  error: null,
  output: [],
}
const IN_PART = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const TEXT_PART = { type: 'output_text', text: '', annotations: [], logprobs: [] }
const ITEM = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] }

export const PIECES: Readonly<Record<'chat' | 'messages' | 'responses', Pieces>> = {
  chat: {
    isAnthropic: false,
    opening: event({ role: 'assistant', content: '' }),
    content: event({ content: 'Well' }),
    rest: `${event({}, 'stop')}data: [DONE]\n\n`,
    failure: `data: {"error":{"message":"out of memory","type":"server_error","param":null,"code":null}}\n\n`,
  },
  messages: {
    isAnthropic: true,
    opening:
      named('message_start', { message: MESSAGE }) +
      named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
      named('ping', {}),
    content: named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Well' } }),
    rest:
      named('content_block_stop', { index: 0 }) +
      named('message_delta', {
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: 2 },
      }) +
      named('message_stop', {}),
    failure: named('error', { error: { type: 'api_error', message: 'out of memory' } }),
  },
  responses: {
    isAnthropic: false,
    opening:
      named('response.created', { sequence_number: 0, response: RESPONSE }) +
      named('response.in_progress', { sequence_number: 1, response: RESPONSE }) +
      named('response.output_item.added', { sequence_number: 2, output_index: 0, item: ITEM }) +
      named('response.content_part.added', { sequence_number: 3, ...IN_PART, part: TEXT_PART }),
    content: named('response.output_text.delta', {
      sequence_number: 4,
      ...IN_PART,
      delta: 'Well',
      logprobs: [],
    }),
    rest: named('response.completed', { sequence_number: 5, response: { ...RESPONSE, status: 'completed' } }),
    failure:
      named('error', {
        sequence_number: 6,
        error: { type: 'server_error', code: 'server_error', message: 'out of memory', param: null },
      }) +
      named('response.failed', {
        sequence_number: 7,
        response: {
          ...RESPONSE,
          status: 'failed',
          error: { code: 'server_error', message: 'out of memory' },
        },
      }),
  },
}
