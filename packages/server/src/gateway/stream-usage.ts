import { tokensOf, type TokenCounts } from './usage.js'

const KEY = Buffer.from('"usage"')
const EVENT = Buffer.from('data:')
const NEXT_EVENT = Buffer.from('\ndata:')
const NEWLINE = 0x0a
/** What follows the key where it holds counts; nearly every event of some models says `null`. */
const HOLDS_COUNTS = /^\s*:\s*\{/
const LONGEST_GAP = 16
/** The event with the reason to end, and `[DONE]`. */
const CLOSING_EVENTS = 2

/**
 * How many tokens a stream had: what its last event with counts says, else an estimate, one for each event with content.
 *
 * It looks at bytes and parses a single event or two, when the stream has ended: text inside an event cannot look like the
 * key, for its quotes are escaped.
 */
export class StreamUsage {
  /** The first event with counts, which tells those of the request where the last one tells only the answer's. */
  #first: Buffer | undefined
  #last: Buffer | undefined
  #events = 0

  /** @param events - whole events, the first of those with content among them or before. */
  note(events: Buffer): void {
    if (events.subarray(0, EVENT.length).equals(EVENT)) this.#events++
    for (let at = events.indexOf(NEXT_EVENT); at >= 0; at = events.indexOf(NEXT_EVENT, at + 1)) this.#events++
    const key = events.lastIndexOf(KEY)
    if (key < 0) return
    this.#first ??= countedAt(events, events.indexOf(KEY))
    this.#last = countedAt(events, key) ?? this.#last
  }

  /** @param isWhole - whether the stream came to its end. */
  tokens(isWhole: boolean): TokenCounts {
    const told = { ...countsIn(this.#first), ...countsIn(this.#last) }
    if (told.outputTokens !== undefined || this.#events === 0) return told
    return { ...told, outputTokens: Math.max(1, this.#events - (isWhole ? CLOSING_EVENTS : 0)) }
  }
}

/** The line around a key, where it holds counts. */
function countedAt(events: Buffer, key: number): Buffer | undefined {
  const after = key + KEY.length
  const holds = HOLDS_COUNTS.test(events.toString('latin1', after, after + LONGEST_GAP))
  return holds ? lineAround(events, key) : undefined
}

function lineAround(bytes: Buffer, at: number): Buffer {
  const end = bytes.indexOf(NEWLINE, at)
  // A copy, so that a large piece is not kept for a small line of it.
  return Buffer.from(bytes.subarray(bytes.lastIndexOf(NEWLINE, at) + 1, end < 0 ? bytes.length : end))
}

interface Told {
  readonly usage?: unknown
  /** Where events of the Anthropic API and of responses have it. */
  readonly message?: Told | null
  readonly response?: Told | null
}

function countsIn(line: Buffer | undefined): TokenCounts {
  if (line === undefined) return {}
  try {
    const event = JSON.parse(line.toString('utf8', EVENT.length)) as Told | null
    return tokensOf(event?.usage ?? event?.message?.usage ?? event?.response?.usage)
  } catch {
    return {}
  }
}
