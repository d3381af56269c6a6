import { chatOverMessages } from './chat-over-messages.js'
import { composed } from './compose.js'
import type { Api, Json, Translated } from './dialect.js'
import { isDeeperThan } from './json-value.js'
import { messagesOverChat } from './messages-over-chat.js'
import { responsesOverChat } from './responses-over-chat.js'

export type {
  Api,
  Json,
  ServerEvent,
  StreamTranslation,
  Translated,
  Translation,
  Untranslatable,
} from './dialect.js'
export { upstreamBody } from './upstream-body.js'

type Pair = (body: Json, nowMs: number) => Translated

const PAIRS: ReadonlyMap<string, Pair> = new Map<string, Pair>([
  ['messages over chat', messagesOverChat],
  ['chat over messages', chatOverMessages],
  ['responses over chat', responsesOverChat],
  ['responses over messages', composed(responsesOverChat, chatOverMessages)],
])

/** Real requests nest a dozen levels; what is serialised again must not exhaust the stack. */
const DEEPEST = 256

/**
 * Carries a request of one API over another, or says what of it cannot be carried.
 *
 * @param nowMs - when the request came; answers say so where their API tells a time of its own.
 * @returns `undefined` where there is no translation between the two at all.
 */
export function translate(from: Api, to: Api, body: Json, nowMs = Date.now()): Translated | undefined {
  const pair = PAIRS.get(`${from} over ${to}`)
  if (pair === undefined) return undefined
  const tooDeep = Object.keys(body).find((name) => isDeeperThan(DEEPEST, body[name]))
  if (tooDeep !== undefined) {
    return { untranslatable: { field: tooDeep, message: `${tooDeep} must nest at most ${DEEPEST} levels` } }
  }
  return pair(body, nowMs)
}
