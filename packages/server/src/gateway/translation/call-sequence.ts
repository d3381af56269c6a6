import { callIdFor } from './chat-answer.js'
import { isWholeJson, listOf, objectOf, textOf } from './json-value.js'
import type { Step } from './said.js'

interface Call {
  readonly index: unknown
  id: string
  name: string
  arguments: string
  /** How much of the arguments has gone out. */
  sent: number
}

/**
 * Puts the pieces of parallel tool calls into sequence, one call at a time: chat streams may mix the pieces of several
 * calls by index, while the events of the other APIs open and close one block after the other.
 *
 * A call is closed when the next has begun and its own arguments are whole; until then the pieces of later calls wait.
 */
export class CallSequence {
  readonly #calls: Call[] = []
  #at = 0
  #isOpen = false

  get isEmpty(): boolean {
    return this.#calls.length === 0
  }

  /** @param deltas - `delta.tool_calls` of one chunk, of any shape. */
  push(deltas: unknown, answerId: string): readonly Step[] {
    for (const delta of listOf(deltas)) {
      const piece = objectOf(delta)
      if (piece === undefined) continue
      const called = objectOf(piece['function'])
      const call = this.#callOf(piece['index'], textOf(piece['id']), answerId)
      call.name ||= textOf(called?.['name'])
      call.arguments += textOf(called?.['arguments'])
    }
    return this.#drain(false)
  }

  /** Everything that is left, whole or not. */
  finish(): readonly Step[] {
    return this.#drain(true)
  }

  #callOf(index: unknown, id: string, answerId: string): Call {
    const known =
      typeof index === 'number'
        ? this.#calls.findLast((call) => call.index === index)
        : id === ''
          ? this.#calls.at(-1)
          : this.#calls.find((call) => call.id === id)
    // Some backends give every call the index 0: another id is another call.
    if (known !== undefined && (id === '' || known.id === id)) return known
    const call = {
      index,
      id: id || callIdFor(answerId, this.#calls.length),
      name: '',
      arguments: '',
      sent: 0,
    }
    this.#calls.push(call)
    return call
  }

  #drain(isLast: boolean): readonly Step[] {
    const steps: Step[] = []
    for (let call = this.#calls[this.#at]; call !== undefined; call = this.#calls[this.#at]) {
      if (!this.#isOpen) {
        if (call.name === '' && !isLast) break
        steps.push({ kind: 'open', block: { kind: 'call', id: call.id, name: call.name, arguments: '' } })
        this.#isOpen = true
      }
      if (call.sent < call.arguments.length) {
        steps.push({ kind: 'more', text: call.arguments.slice(call.sent) })
        call.sent = call.arguments.length
      }
      const isDone = isLast || (this.#at + 1 < this.#calls.length && isWholeJson(call.arguments))
      if (!isDone) break
      steps.push({ kind: 'close' })
      this.#isOpen = false
      this.#at++
    }
    return steps
  }
}
