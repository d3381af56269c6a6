import type { AnswerKind, Prompt } from './prompt.js'

const WORDS =
  'this answer was made up by a simulated model so that routing can be tried without one and it goes on until enough tokens were sent'.split(
    ' ',
  )

/** What all pieces of one answer share. */
interface AnswerHead {
  readonly id: string
  readonly created: number
  readonly model: string
}

type FinishReason = 'stop' | 'length'

/** One answer in the OpenAI dialect: whole, or in the pieces of an event stream. */
export class Answer {
  readonly #head: AnswerHead
  readonly #prompt: Prompt
  readonly #tokens: number
  readonly #reason: FinishReason

  /**
   * @param serial - makes the answer's id.
   * @param fullTokens - length of an answer that nobody asks to be shorter.
   */
  constructor(prompt: Prompt, model: string, serial: number, fullTokens: number) {
    this.#prompt = prompt
    this.#tokens = Math.min(fullTokens, prompt.maxTokens ?? fullTokens)
    this.#reason = this.#tokens < fullTokens ? 'length' : 'stop'
    const prefix = prompt.kind === 'chat' ? 'chatcmpl' : 'cmpl'
    this.#head = { id: `${prefix}-${model}-${serial}`, created: Math.floor(Date.now() / 1000), model }
  }

  /** Tokens of the whole answer, ≥ 1. */
  get tokens(): number {
    return this.#tokens
  }

  whole(): string {
    const text = wordsBetween(0, this.#tokens)
    const content =
      this.#prompt.kind === 'chat'
        ? { message: { role: 'assistant', content: text, refusal: null } }
        : { text }
    return JSON.stringify({
      ...this.#head,
      object: this.#prompt.kind === 'chat' ? 'chat.completion' : 'text_completion',
      choices: [{ index: 0, ...content, logprobs: null, finish_reason: this.#reason }],
      usage: this.#usage(),
    })
  }

  /** The event that opens a stream; empty where the dialect has none. */
  opening(): string {
    return this.#prompt.kind === 'chat'
      ? this.#event({ delta: { role: 'assistant', content: '' } }, null)
      : ''
  }

  /** The event with tokens `from` (inclusive) to `to` (exclusive). */
  piece(from: number, to: number): string {
    return this.#event(contentOf(this.#prompt.kind, wordsBetween(from, to)), null)
  }

  /** The events after the last token: finish reason, usage where it was asked for, `[DONE]`. */
  closing(): string {
    const empty = this.#prompt.kind === 'chat' ? { delta: {} } : { text: '' }
    const usage = this.#prompt.includeUsage
      ? sse({ ...this.#head, object: this.#chunkObject(), choices: [], usage: this.#usage() })
      : ''
    return `${this.#event(empty, this.#reason)}${usage}data: [DONE]\n\n`
  }

  #event(content: object, reason: FinishReason | null): string {
    return sse({
      ...this.#head,
      object: this.#chunkObject(),
      choices: [{ index: 0, ...content, logprobs: null, finish_reason: reason }],
      ...(this.#prompt.includeUsage ? { usage: null } : {}),
    })
  }

  #chunkObject(): string {
    return this.#prompt.kind === 'chat' ? 'chat.completion.chunk' : 'text_completion'
  }

  #usage() {
    const { promptTokens } = this.#prompt
    return {
      prompt_tokens: promptTokens,
      completion_tokens: this.#tokens,
      total_tokens: promptTokens + this.#tokens,
    }
  }
}

function contentOf(kind: AnswerKind, text: string): object {
  return kind === 'chat' ? { delta: { content: text } } : { text }
}

function sse(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

function wordsBetween(from: number, to: number): string {
  let text = ''
  for (let token = from; token < to; token += 1) {
    text += `${token === 0 ? '' : ' '}${WORDS[token % WORDS.length] ?? ''}`
  }
  return text
}
