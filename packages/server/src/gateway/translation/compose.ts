import type { Json, Translated } from './dialect.js'

type Pair = (body: Json, nowMs: number) => Translated

/** Fields of the API in the middle, and what the client called them. */
const CLIENTS_NAME: ReadonlyMap<string, string> = new Map([
  ['messages', 'input'],
  ['max_tokens', 'max_output_tokens'],
  ['response_format', 'text.format'],
  ['verbosity', 'text.verbosity'],
  ['reasoning_effort', 'reasoning.effort'],
])

/** Carries a client's API over a backend's by way of a third that both have a translation to. */
export function composed(outer: Pair, inner: Pair): Pair {
  return (body, nowMs) => {
    const first = outer(body, nowMs)
    if ('untranslatable' in first) return first
    const second = inner(first.body, nowMs)
    if ('untranslatable' in second) {
      const { field, message } = second.untranslatable
      const [top = ''] = field.split(/[.[]/, 1)
      // The path inside the field in the middle means nothing to the client.
      const told = CLIENTS_NAME.get(top) ?? top
      return { untranslatable: { field: told, message: message.replace(field, told) } }
    }
    return {
      from: first.from,
      to: second.to,
      body: second.body,
      answer: (answer) => first.answer(second.answer(answer)),
      error: (error, status) => first.error(second.error(error, status), status),
      stream: () => {
        const toClient = first.stream()
        const toMiddle = second.stream()
        return { push: (event) => toMiddle.push(event).flatMap((middle) => toClient.push(middle)) }
      },
    }
  }
}
