import { expect, test } from 'vitest'
import { upstreamBody } from './upstream-body.js'

const LIMITED = { model: 'auto', max_tokens: 5 }

test.each(['gpt-5', 'o3-mini', 'openai/gpt-4.1', 'chatgpt-4o-latest'])(
  '%s is limited by its own name',
  (model) => {
    const body = upstreamBody({ to: 'chat', body: LIMITED }, model)
    expect(body).toEqual({ model, max_completion_tokens: 5 })
  },
)

test.each(['gpt-oss-120b', 'llama-3.3-70b', 'qwen/qwen3', 'olmo-2'])(
  '%s is limited by the name all know',
  (model) => {
    expect(upstreamBody({ to: 'chat', body: LIMITED }, model)).toEqual({ model, max_tokens: 5 })
  },
)

test('a backend of another API, and one without a limit, get the name of the model only', () => {
  expect(upstreamBody({ to: 'messages', body: LIMITED }, 'gpt-5')).toEqual({ model: 'gpt-5', max_tokens: 5 })
  expect(upstreamBody({ to: 'chat', body: {} }, 'gpt-5')).toEqual({ model: 'gpt-5' })
})
