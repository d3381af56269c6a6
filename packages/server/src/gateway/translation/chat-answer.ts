import type { Json } from './dialect.js'
import { countOf, listOf, objectOf, textOf } from './json-value.js'
import type { Block, Finish, Origin, Said, Tokens } from './said.js'

/** Reads a whole chat completion of any shape; what is missing reads as said nothing. */
export function readChatAnswer(body: Json): Said {
  const choice = firstChoice(body) ?? {}
  const message = objectOf(choice['message']) ?? {}
  const origin = originOf(body)
  const blocks: Block[] = []
  const thinking = thinkingIn(message)
  if (thinking !== '') blocks.push({ kind: 'thinking', text: thinking })
  const text = contentText(message['content'])
  if (text !== '') blocks.push({ kind: 'text', text })
  const refusal = textOf(message['refusal'])
  if (refusal !== '') blocks.push({ kind: 'refusal', text: refusal })
  const calls = listOf(message['tool_calls']).map((call, index) => callOf(call, origin.id, index))
  const end = finishOf(choice['finish_reason'], calls.length > 0)
  return {
    ...origin,
    blocks: [...blocks, ...calls],
    finish: end,
    stopSequence: stopSequenceIn(choice),
    tokens: tokensIn(body['usage']),
  }
}

export function originOf(body: Json): Origin {
  return { id: textOf(body['id']), model: textOf(body['model']), created: countOf(body['created']) }
}

/** The only choice that is carried: translated requests ask for one. */
export function firstChoice(body: Json): Json | undefined {
  return listOf(body['choices'])
    .map(objectOf)
    .find((choice) => choice !== undefined && (choice['index'] ?? 0) === 0)
}

/** Thoughts of open models: DeepSeek's and vLLM's `reasoning_content`, `reasoning` elsewhere. */
export function thinkingIn(message: Json): string {
  return textOf(message['reasoning_content']) || textOf(message['reasoning'])
}

/** Text content, whole or in parts. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map((part) => textOf(objectOf(part)?.['text']))
    .join('')
}

/** Many backends end with `stop` or nothing where a tool was called: the call says more than the reason. */
export function finishOf(reason: unknown, hasCalls: boolean): Finish {
  if (reason === 'length') return 'length'
  if (reason === 'content_filter') return 'filtered'
  return hasCalls || reason === 'tool_calls' ? 'calls' : 'stop'
}

/** vLLM tells the stop sequence that was met as `stop_reason`. */
export function stopSequenceIn(choice: Json): string | undefined {
  const met = choice['stop_reason']
  return typeof met === 'string' && met !== '' ? met : undefined
}

export function tokensIn(value: unknown): Tokens | undefined {
  const usage = objectOf(value)
  const prompt = countOf(usage?.['prompt_tokens'])
  const completion = countOf(usage?.['completion_tokens'])
  if (usage === undefined || (prompt === undefined && completion === undefined)) return undefined
  const ofPrompt = objectOf(usage['prompt_tokens_details'])
  const ofCompletion = objectOf(usage['completion_tokens_details'])
  return {
    prompt: prompt ?? 0,
    cached: countOf(ofPrompt?.['cached_tokens']) ?? 0,
    cacheWritten: countOf(ofPrompt?.['cache_write_tokens']) ?? 0,
    completion: completion ?? 0,
    reasoning: countOf(ofCompletion?.['reasoning_tokens']) ?? 0,
  }
}

/** An id for a call that came without one; other turns of the conversation must not have the same. */
export function callIdFor(answerId: string, index: number): string {
  return `call_${answerId}_${index}`
}

function callOf(value: unknown, answerId: string, index: number): Block {
  const call = objectOf(value)
  const called = objectOf(call?.['function'])
  return {
    kind: 'call',
    id: textOf(call?.['id']) || callIdFor(answerId, index),
    name: textOf(called?.['name']),
    arguments: textOf(called?.['arguments']),
  }
}
