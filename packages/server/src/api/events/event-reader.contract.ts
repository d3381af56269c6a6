export interface Received {
  readonly id: string
  readonly event: string
  readonly data: Record<string, unknown>
}

interface EventReader {
  /** The next event that fits; those before it are passed over. */
  next(isWanted: (received: Received) => boolean): Promise<Received>
  /** The next event of that name. */
  named(event: string): Promise<Received>
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>
  leave(): void
}

/** Listens to `/api/v1/events` of the server at that address. */
export async function listen(
  url: string,
  query = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<EventReader> {
  const gone = new AbortController()
  const response = await fetch(`${url}/api/v1/events${query}`, { headers, signal: gone.signal })
  if (!response.ok || response.body === null) {
    throw new Error(`the stream answered ${response.status}: ${await response.text()}`)
  }
  const received: Received[] = []
  let wake: () => void = () => undefined
  const ended = (async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
      text += decoder.decode(bytes, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      received.push(...blocks.filter((block) => !block.startsWith(':')).map(parsed))
      wake()
    }
  })()
  ended.catch(() => undefined)
  const next: EventReader['next'] = async (isWanted) => {
    for (;;) {
      for (let one = received.shift(); one !== undefined; one = received.shift()) {
        if (isWanted(one)) return one
      }
      const more = new Promise<void>((resolve) => (wake = resolve))
      const isOver = await Promise.race([more.then(() => false), ended.then(() => true)])
      if (isOver && received.length === 0) throw new Error('the stream ended before the event came')
    }
  }
  return { next, named: (event) => next((one) => one.event === event), ended, leave: () => gone.abort() }
}

function parsed(block: string): Received {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ')
      return [line.slice(0, at), line.slice(at + 2)] as const
    }),
  )
  const [id, event, data] = ['id', 'event', 'data'].map((name) => fields.get(name))
  if (id === undefined || event === undefined || data === undefined) throw new Error(`not an event: ${block}`)
  return { id, event, data: JSON.parse(data) as Received['data'] }
}
