import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Api, Json, ServerEvent } from './dialect.js'
import { writeEvents, readEvents } from './server-events.js'
import { translate } from './translation.js'

/** What the backend says to one request. */
export type Answer =
  | { readonly kind: 'whole'; readonly body: Json }
  | { readonly kind: 'stream'; readonly events: readonly ServerEvent[] }
  | { readonly kind: 'error'; readonly status: number; readonly body: Json }

export interface GoBetween {
  readonly url: string
  /** Bodies that the backend was sent, in order. */
  readonly asked: readonly Json[]
  close(): Promise<void>
}

const API_OF_PATH: Readonly<Record<string, Api>> = {
  '/v1/messages': 'messages',
  '/v1/chat/completions': 'chat',
  '/v1/responses': 'responses',
}

/** A real server that carries requests to a backend of another API, which says these answers one after the other. */
export async function goBetween(to: Api, answers: readonly Answer[]): Promise<GoBetween> {
  const asked: Json[] = []
  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    const chunks = (await req.toArray()) as readonly Buffer[]
    const from = API_OF_PATH[(req.url ?? '').replace(/\?.*$/, '')] ?? 'chat'
    const translation = translate(from, to, JSON.parse(Buffer.concat(chunks).toString()) as Json)
    if (translation === undefined || 'untranslatable' in translation) {
      const message = translation?.untranslatable.message ?? 'no translation'
      send(res, 400, { type: 'error', error: { type: 'invalid_request_error', message } })
      return
    }
    const answer = answers[asked.length]
    asked.push(translation.body)
    switch (answer?.kind) {
      case 'whole':
        send(res, 200, translation.answer(answer.body))
        return
      case 'error':
        send(res, answer.status, translation.error(answer.body, answer.status))
        return
      case 'stream': {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        const stream = translation.stream()
        for (const event of readEvents(writeEvents(answer.events))) res.write(writeEvents(stream.push(event)))
        res.end()
        return
      }
      case undefined:
        send(res, 500, { error: { message: 'nothing left to say' } })
    }
  }
  const server = createServer((req, res) => void serve(req, res))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function send(res: ServerResponse, status: number, body: Json): void {
  res.writeHead(status, { 'content-type': 'application/json' })
  res.end(JSON.stringify(body))
}
