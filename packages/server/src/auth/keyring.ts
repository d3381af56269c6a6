import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { ClientKey, Config } from '../config/config.js'
import type { Caller, Callers } from '../gateway/caller.js'
import { unauthenticated } from '../gateway/door-refusals.js'
import type { Refusal } from '../gateway/refusal.js'

interface Known {
  readonly digest: Buffer
  readonly caller: Caller
}

/** Who is behind which key. Only digests are kept, and all of them are compared, so that the time an answer takes tells nothing of a key. */
class Keyring implements Callers {
  readonly #known: readonly Known[]

  constructor(keys: readonly ClientKey[]) {
    this.#known = keys.map(({ id, key, role, agents, highestPriority }) => ({
      digest: digestOf(key),
      caller: {
        keyId: id,
        role,
        agents: agents === undefined ? undefined : new Set(agents),
        highestPriority,
      },
    }))
  }

  of(headers: IncomingHttpHeaders): Caller | Refusal {
    const sent = keyIn(headers)
    if (sent === undefined) return unauthenticated('missing')
    const digest = digestOf(sent)
    let found: Caller | undefined
    for (const known of this.#known) if (timingSafeEqual(known.digest, digest)) found = known.caller
    return found ?? unauthenticated('unknown')
  }
}

/** Who may come in; `undefined` where nobody is asked for a key. */
export function callersOf({ keys }: Config['auth']): Callers | undefined {
  return keys.length === 0 ? undefined : new Keyring(keys)
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** As clients of the APIs of OpenAI and of Anthropic send it. */
function keyIn({ authorization, 'x-api-key': apiKey }: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  return bearer ?? (typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined)
}
