import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream.js'
import fc from 'fast-check'
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import { ResponseStream } from 'openai/lib/responses/ResponseStream'
import { describe, expect, test } from 'vitest'
import { chatAnswer, conversation, messageAnswer } from './conversation.contract.js'
import type { Api, Json, ServerEvent, Translation } from './dialect.js'
import { textOf } from './json-value.js'
import { chatStreamOf, messageStreamOf } from './spoken.contract.js'
import { translate } from './translation.js'

const PAIRS: readonly (readonly [Api, Api])[] = [
  ['messages', 'chat'],
  ['chat', 'messages'],
  ['responses', 'chat'],
  ['responses', 'messages'],
]
const NOW = 1_700_000_000_000

const REQUEST: Readonly<Record<string, Json>> = {
  messages: {
    model: 'm',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'hi' }],
    thinking: { type: 'adaptive' },
  },
  chat: { model: 'm', messages: [{ role: 'user', content: 'hi' }], stream_options: { include_usage: true } },
  responses: { model: 'm', input: 'hi', stream: true },
}

function carried(from: Api, to: Api, body: Json = REQUEST[from] ?? {}): Translation {
  const translation = translate(from, to, body, NOW)
  if (translation === undefined || 'untranslatable' in translation) {
    throw new Error(`not carried: ${JSON.stringify(translation)}`)
  }
  return translation
}

/** Everything that JSON can be, and objects that look like bodies with anything inside. */
/** As JSON can write it: it knows no −0 (found with seed 651493859). */
const anyJson = fc
  .jsonValue({ maxDepth: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)) as typeof value)
const FIELDS = [
  'messages input content role type text tools tool_choice function name arguments tool_calls tool_use_id tool_call_id id',
  'input_schema parameters source image_url url system stop stop_sequences max_tokens temperature choices delta message',
  'finish_reason usage index error code output_config format thinking content_block partial_json reasoning_content',
  'prompt_tokens prompt_tokens_details toString valueOf',
]
  .join(' ')
  .split(' ')
const WORDS = [
  'user assistant system tool developer text image image_url tool_use tool_result function function_call message reasoning',
  'function_call_output content_block_start content_block_delta content_block_stop message_start message_delta message_stop',
  'text_delta input_json_delta thinking_delta input_text output_text input_image error data:image/png;base64,AA auto any',
]
  .join(' ')
  .split(' ')
const { bodyLike } = fc.letrec<{ bodyLike: unknown; node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.constantFrom(...WORDS), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('node'), { maxLength: 3 }),
    tie('bodyLike'),
  ),
  bodyLike: fc.dictionary(fc.constantFrom(...FIELDS), tie('node'), { maxKeys: 8 }),
}))
const anyBody = fc.oneof(bodyLike, fc.dictionary(fc.string(), anyJson)) as fc.Arbitrary<Json>

test.each(PAIRS)('%s over %s: requests of any shape are carried or refused, never thrown at', (from, to) => {
  fc.assert(
    fc.property(anyBody, (body) => {
      const translation = translate(from, to, body, NOW)
      if (translation !== undefined && 'untranslatable' in translation)
        expect(translation.untranslatable.message).not.toBe('')
      else expect(JSON.stringify(translation?.body)).toContain('messages')
    }),
    { numRuns: 500 },
  )
})

test.each(PAIRS)('%s over %s: answers, errors and events of any shape are never thrown at', (from, to) => {
  const translation = carried(from, to)
  const anyEvent = fc.oneof(
    fc.constant<ServerEvent>('done'),
    anyBody.map((data): ServerEvent => ({ data })),
  )
  fc.assert(
    fc.property(anyBody, fc.array(anyEvent), fc.integer({ min: 400, max: 599 }), (body, events, status) => {
      expect(JSON.stringify(translation.answer(body))).toBeTypeOf('string')
      expect(translation.error(body, status)).toHaveProperty('error.message', expect.any(String))
      const stream = translation.stream()
      for (const event of events) expect(JSON.stringify(stream.push(event))).toBeTypeOf('string')
    }),
    { numRuns: 300 },
  )
})

test('what nests too deep to be written again is refused or written as nothing', () => {
  const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000))
  for (const [from, to] of PAIRS) {
    expect(translate(from, to, { ...REQUEST[from], metadata: deep })).toHaveProperty('untranslatable')
    const call = { id: 'c', name: 'f', type: 'tool_use', input: deep }
    const written = {
      id: 'c',
      type: 'function',
      function: { name: 'f', arguments: `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}` },
    }
    const answer = { content: [call], choices: [{ index: 0, message: { tool_calls: [written] } }] }
    expect(JSON.stringify(carried(from, to).answer(answer))).toBeTypeOf('string')
  }
})

test('errors that bring their own way to be a number are read as any other', () => {
  const code: unknown = JSON.parse('{"toString":1,"valueOf":1}')
  for (const [from, to] of PAIRS) {
    const translation = carried(from, to)
    const told = { error: { message: 'no', code, status: code } }
    expect(JSON.stringify(translation.error(told, 400))).toContain('no')
    expect(JSON.stringify(translation.stream().push({ data: told }))).toContain('no')
  }
})

test('APIs that have nothing to say to each other have no translation', () => {
  expect(translate('embeddings', 'messages', { input: 'a' })).toBeUndefined()
  expect(translate('completions', 'messages', { prompt: 'a' })).toBeUndefined()
  expect(translate('messages', 'responses', {})).toBeUndefined()
})

test('a conversation of texts and tools survives the way there and back', () => {
  fc.assert(
    fc.property(conversation, (said) => {
      const there = carried('messages', 'chat', { model: 'm', max_tokens: 5, ...said })
      const back = carried('chat', 'messages', there.body)
      expect(back.body).toEqual({ model: 'm', max_tokens: 5, ...said })
    }),
  )
})

describe('a streamed answer says what the whole one says, as the official SDKs put it together', () => {
  const pieceLength = fc.integer({ min: 1, max: 7 })

  test('Anthropic client, chat backend', async () => {
    const translation = carried('messages', 'chat')
    await fc.assert(
      fc.asyncProperty(chatAnswer, pieceLength, async (answer, length) => {
        const events = streamed(translation, chatStreamOf(answer, length))
        const message = await MessageStream.fromReadableStream(lines(events)).finalMessage()
        expect(plain(message)).toMatchObject(plain(translation.answer(answer)))
      }),
      { numRuns: 60 },
    )
  })

  test('chat client, Anthropic backend', async () => {
    const translation = carried('chat', 'messages')
    await fc.assert(
      fc.asyncProperty(messageAnswer, pieceLength, async (answer, length) => {
        const events = streamed(translation, messageStreamOf(answer, length))
        const completion = await ChatCompletionStream.fromReadableStream(lines(events)).finalChatCompletion()
        const whole = translation.answer(answer)
        expect(completionSaid(plain(completion))).toEqual(completionSaid(whole))
        expect(thoughtsOf(events, 'delta')).toBe(thoughtsOf([{ data: whole }], 'message'))
      }),
      { numRuns: 60 },
    )
  })

  test('responses client, chat backend', async () => {
    const translation = carried('responses', 'chat')
    await fc.assert(
      fc.asyncProperty(chatAnswer, pieceLength, async (answer, length) => {
        const response = await finalResponse(streamed(translation, chatStreamOf(answer, length)))
        expect(response).toMatchObject(plain(translation.answer(answer)))
      }),
      { numRuns: 60 },
    )
  })

  test('responses client, Anthropic backend', async () => {
    const translation = carried('responses', 'messages')
    await fc.assert(
      fc.asyncProperty(messageAnswer, pieceLength, async (answer, length) => {
        const response = await finalResponse(streamed(translation, messageStreamOf(answer, length)))
        expect(responseSaid(response)).toEqual(responseSaid(translation.answer(answer)))
      }),
      { numRuns: 60 },
    )
  })
})

function streamed(translation: Translation, events: readonly ServerEvent[]): readonly ServerEvent[] {
  const stream = translation.stream()
  return events.flatMap((event) => stream.push(event))
}

/** Events in the form that the SDKs read back without a server: a line of JSON each. */
function lines(events: readonly ServerEvent[]): ReadableStream {
  const text = events
    .flatMap((event) => (event === 'done' ? [] : [`${JSON.stringify(event.data)}\n`]))
    .join('')
  return new Blob([text]).stream()
}

async function finalResponse(events: readonly ServerEvent[]): Promise<Json> {
  const numbers = events.map((event) => (event === 'done' ? undefined : event.data['sequence_number']))
  expect(numbers).toEqual(numbers.map((_, index) => index))
  return plain(await ResponseStream.fromReadableStream(lines(events)).finalResponse())
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

/** What a completion says: streams leave nothing where the whole answer has an empty text. */
function completionSaid(completion: Json): Json {
  const [choice] = completion['choices'] as readonly { message: Json; finish_reason: unknown }[]
  const { content, tool_calls: calls } = choice?.message ?? {}
  const said = (calls as readonly { id: string; function: Json }[] | undefined)?.map((call) => ({
    id: call.id,
    name: call.function['name'],
    arguments: call.function['arguments'],
  }))
  const { id, model, created, usage } = completion
  return { id, model, created, usage, text: content ?? '', calls: said ?? [], finish: choice?.finish_reason }
}

/** OpenAI's SDK knows no thoughts and keeps the last piece only. */
function thoughtsOf(events: readonly ServerEvent[], where: 'delta' | 'message'): string {
  const choices = events.flatMap((event) =>
    event === 'done' ? [] : (event.data['choices'] as readonly Json[]),
  )
  return choices.map((choice) => textOf((choice[where] as Json)['reasoning_content'])).join('')
}

/** What a response says by kind: blocks that alternate are one text in a whole chat answer, and several in a stream. */
function responseSaid(response: Json): Json {
  const output = response['output'] as readonly Json[]
  const partsOf = (type: string, field: string) =>
    output
      .filter((item) => item['type'] === type)
      .flatMap((item) => item[field] as readonly { text?: string }[])
      .map((part) => part.text ?? '')
      .join('')
  const calls = output
    .filter((item) => item['type'] === 'function_call')
    .map(({ call_id, name, arguments: written }) => ({ call_id, name, written }))
  const { id, status, usage, incomplete_details } = response
  return {
    id,
    status,
    usage,
    incomplete_details,
    calls,
    text: partsOf('message', 'content'),
    thoughts: partsOf('reasoning', 'summary'),
  }
}
