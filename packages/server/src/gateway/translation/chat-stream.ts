import { CallSequence } from './call-sequence.js'
import {
  contentText,
  finishOf,
  firstChoice,
  originOf,
  stopSequenceIn,
  thinkingIn,
  tokensIn,
} from './chat-answer.js'
import type { Json, ServerEvent } from './dialect.js'
import { failureIn } from './error-family.js'
import { objectOf, textOf } from './json-value.js'
import type { Step, Tokens } from './said.js'

type Spoken = 'thinking' | 'text' | 'refusal'

/**
 * Reads a chat completion stream as steps. The end comes with `[DONE]`, or with the chunk that has the counts and no
 * choices, for backends that forget `[DONE]`; whatever follows says nothing.
 */
export class ChatStream {
  readonly #calls = new CallSequence()
  #id: string | undefined
  #open: Spoken | undefined
  #reason: unknown
  #stopSequence: string | undefined
  #tokens: Tokens | undefined
  #isOver = false

  push(event: ServerEvent): readonly Step[] {
    if (this.#isOver) return []
    if (event === 'done') return [...this.#begin({}), ...this.#end()]
    const failure = failureIn(event.data)
    if (failure !== undefined) {
      this.#isOver = true
      return [{ kind: 'failure', body: failure }]
    }
    return Array.isArray(event.data['choices']) ? this.#chunk(event.data, event.data['choices'].length) : []
  }

  #chunk(data: Json, choices: number): readonly Step[] {
    this.#tokens = tokensIn(data['usage']) ?? this.#tokens
    // Azure begins with a chunk about the prompt, which has no choices, id or model.
    const begun = choices === 0 ? [] : this.#begin(data)
    const choice = firstChoice(data)
    const steps = [...begun, ...this.#delta(objectOf(choice?.['delta']) ?? {})]
    if (choice !== undefined) {
      this.#reason = choice['finish_reason'] ?? this.#reason
      this.#stopSequence = stopSequenceIn(choice) ?? this.#stopSequence
    }
    const isLast = choices === 0 && typeof this.#reason === 'string' && this.#tokens !== undefined
    return isLast ? [...steps, ...this.#end()] : steps
  }

  #begin(data: Json): readonly Step[] {
    if (this.#id !== undefined) return []
    const origin = originOf(data)
    this.#id = origin.id
    return [{ kind: 'begin', origin }]
  }

  #delta(delta: Json): readonly Step[] {
    const steps = [
      ...this.#speak('thinking', thinkingIn(delta)),
      ...this.#speak('text', contentText(delta['content'])),
      ...this.#speak('refusal', textOf(delta['refusal'])),
    ]
    if (!Array.isArray(delta['tool_calls']) || delta['tool_calls'].length === 0) return steps
    return [...steps, ...this.#hush(), ...this.#calls.push(delta['tool_calls'], this.#id ?? '')]
  }

  #speak(kind: Spoken, text: string): readonly Step[] {
    if (text === '') return []
    const more: Step = { kind: 'more', text }
    if (this.#open === kind) return [more]
    const before = [...this.#hush(), ...this.#calls.finish()]
    this.#open = kind
    return [...before, { kind: 'open', block: { kind, text: '' } }, more]
  }

  #hush(): readonly Step[] {
    if (this.#open === undefined) return []
    this.#open = undefined
    return [{ kind: 'close' }]
  }

  #end(): readonly Step[] {
    this.#isOver = true
    const finish = finishOf(this.#reason, !this.#calls.isEmpty)
    const end = { finish, stopSequence: this.#stopSequence, tokens: this.#tokens }
    return [...this.#hush(), ...this.#calls.finish(), { kind: 'end', end }]
  }
}
