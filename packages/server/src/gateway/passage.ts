import type { Carriage } from './cargo.js'
import { readEvents, writeEvents } from './translation/server-events.js'
import type { StreamTranslation } from './translation/translation.js'

/** What becomes of a model's events on their way to the client. */
export interface Passage {
  /** @param whole - whole events. */
  pass(whole: Buffer): Buffer
}

/** Byte for byte. */
const UNCHANGED: Passage = { pass: (whole) => whole }

export function passageOf({
  translation,
  hidesUsage,
}: Pick<Carriage, 'translation' | 'hidesUsage'>): Passage {
  if (translation) return new Translated(translation.stream())
  return hidesUsage ? WITHOUT_USAGE : UNCHANGED
}

const USAGE = Buffer.from('"usage"')
const EVENT = /[^]*?(?:\r\n\r\n|\n\n|\r\r|$)/g
/** Behind the choices, where every event of some backends has it once counts were asked for. */
const NULL_USAGE = /\],\s*"usage":\s*null/

/** Takes the token counts out again that the client did not ask for. */
const WITHOUT_USAGE: Passage = {
  pass: (whole) => {
    if (!whole.includes(USAGE)) return whole
    // Every byte is one character, so what stays is untouched.
    const events = whole.toString('latin1').match(EVENT) ?? []
    return Buffer.from(events.map(withoutUsage).join(''), 'latin1')
  },
}

/** Events of another API than the client's. */
class Translated implements Passage {
  readonly #translation: StreamTranslation

  constructor(translation: StreamTranslation) {
    this.#translation = translation
  }

  pass(whole: Buffer): Buffer {
    const events = readEvents(whole).flatMap((event) => this.#translation.push(event))
    return Buffer.from(writeEvents(events))
  }
}

function withoutUsage(event: string): string {
  if (!event.includes('"usage"')) return event
  return isUsageAlone(event) ? '' : event.replace(NULL_USAGE, ']')
}

/** The event that exists only because counts were asked for: no choice, and the counts. */
function isUsageAlone(event: string): boolean {
  const [told] = readEvents(event)
  if (told === undefined || told === 'done') return false
  const { choices, usage } = told.data
  return Array.isArray(choices) && choices.length === 0 && typeof usage === 'object' && usage !== null
}
