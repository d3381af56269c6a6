import type { Json } from './dialect.js'

type Speaker = 'system' | 'user' | 'assistant'
type Turn = Record<string, unknown> & { readonly role: Speaker | 'tool' }

/**
 * The messages of a chat request, put together turn by turn: what a model says and the tools it calls become one
 * assistant message, and images in tool results go into the user message behind them, for chat tools answer in text.
 */
export class ChatHistory {
  readonly #turns: Turn[] = []
  #images: readonly Json[] = []

  /** @param content - a text, or content parts of the chat API. */
  say(role: Speaker, content: string | readonly Json[]): void {
    if (role === 'user' && this.#images.length > 0) {
      const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content
      this.#turns.push({ role, content: [...this.#images, ...parts] })
      this.#images = []
      return
    }
    this.#showImages()
    this.#turns.push({ role, content })
  }

  /** A tool call, of the assistant message just before where there is one. */
  call(id: string, name: string, written: string): void {
    this.#showImages()
    const call = { id, type: 'function', function: { name, arguments: written } }
    const last = this.#turns.at(-1)
    if (last?.role !== 'assistant') {
      this.#turns.push({ role: 'assistant', content: null, tool_calls: [call] })
      return
    }
    const calls = Array.isArray(last['tool_calls']) ? (last['tool_calls'] as readonly unknown[]) : []
    last['tool_calls'] = [...calls, call]
  }

  /** What a tool answered; images wait until all tools of the turn have answered. */
  result(id: string, text: string, images: readonly Json[]): void {
    const content = text === '' && images.length > 0 ? 'The result is the image in the next message.' : text
    this.#turns.push({ role: 'tool', tool_call_id: id, content })
    this.#images = [...this.#images, ...images]
  }

  messages(): readonly Json[] {
    this.#showImages()
    return this.#turns
  }

  #showImages(): void {
    if (this.#images.length === 0) return
    this.#turns.push({ role: 'user', content: this.#images })
    this.#images = []
  }
}
