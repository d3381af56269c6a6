import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

type Behaviour = (req: IncomingMessage, res: ServerResponse) => void

/** A backend whose every answer a test writes itself, and which counts what it sees. */
export interface ScriptedUpstream {
  readonly url: string
  /** Requests it was sent. */
  readonly calls: number
  /** Requests that have not ended. */
  readonly active: number
  behave(behaviour: Behaviour): void
  stop(): Promise<void>
}

export async function startUpstream(behaviour: Behaviour): Promise<ScriptedUpstream> {
  let current = behaviour
  let calls = 0
  let active = 0
  const sockets = new Set<Socket>()
  const server = createServer((req, res) => {
    calls++
    active++
    res.once('close', () => active--)
    current(req, res)
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get calls() {
      return calls
    },
    get active() {
      return active
    },
    behave: (next) => (current = next),
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

const JSON_HEAD = { 'content-type': 'application/json' }
const EVENTS_HEAD = { 'content-type': 'text/event-stream' }

/** One event of a chat stream. */
export function event(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`
}

const OPENING = `: hello\n\n${event({ role: 'assistant', content: '' })}`

/** A chat stream that says `text`. */
export function streamOf(text: string): string {
  return `${OPENING}${event({ content: text })}${event({}, 'stop')}data: [DONE]\n\n`
}

/** Answers every request whole, streamed where that was asked for. */
export function answering(text: string): Behaviour {
  return (req, res) => {
    let body = ''
    req.on('data', (part: Buffer) => (body += part.toString()))
    req.on('end', () => {
      if ((JSON.parse(body) as { stream?: boolean }).stream === true) {
        res.writeHead(200, EVENTS_HEAD).end(streamOf(text))
        return
      }
      const message = { role: 'assistant', content: text }
      const answer = {
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message }],
      }
      res.writeHead(200, JSON_HEAD).end(JSON.stringify(answer))
    })
  }
}

export function failing(status: number, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (_req, res) =>
    res
      .writeHead(status, { ...JSON_HEAD, ...headers })
      .end(JSON.stringify({ error: { message: `no, ${status}` } }))
}

/** Begins a stream with the opening events and `more`, then does `then`. */
export function beginning(
  more: string,
  then: (req: IncomingMessage, res: ServerResponse) => void,
): Behaviour {
  return (req, res) => {
    res.writeHead(200, EVENTS_HEAD)
    res.write(OPENING + more, () => then(req, res))
  }
}
