/** What models answer and clients ask, as bytes. */

const answer = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_760_000_000,
  model: 'bench',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'An answer of some forty words, as models give them. '.repeat(6),
      },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 512, completion_tokens: 64, total_tokens: 576 },
})

export const ANSWER = response(200, 'OK', answer)

export const REFUSAL = response(
  503,
  'Service Unavailable',
  JSON.stringify({
    error: { message: 'too many requests at once', type: 'overloaded', param: null, code: null },
  }),
)

export const STREAM_HEAD =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n'

const event = {
  id: 'chatcmpl-bench',
  object: 'chat.completion.chunk',
  created: 1_760_000_000,
  model: 'bench',
  choices: [{ index: 0, delta: { content: ' token' }, logprobs: null, finish_reason: null }],
}

/** One token. */
export const EVENT = chunk(`data: ${JSON.stringify(event)}\n\n`)

export const STREAM_END = `${chunk('data: [DONE]\n\n')}0\r\n\r\n`

function response(status: number, reason: string, body: string): Buffer {
  return Buffer.from(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

const PROMPT_BYTES = 2_100
const SENTENCE =
  'The quick brown fox reads the \\"whole\\" file and says what it would change, line by line. '

/** Head and body of a chat request of about 2.1 kB. */
export function chatRequest(
  { port, model, headers }: { port: number; model: string; headers: Readonly<Record<string, string>> },
  isStream: boolean,
): Buffer {
  const content = SENTENCE.repeat(Math.ceil(PROMPT_BYTES / SENTENCE.length)).slice(0, PROMPT_BYTES - 160)
  const body = JSON.stringify({
    model,
    messages: [
      { role: 'system', content: 'You are a careful reviewer.' },
      { role: 'user', content },
    ],
    temperature: 0.2,
    ...(isStream ? { stream: true } : {}),
  })
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    'content-type: application/json',
    'authorization: Bearer bench',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}
