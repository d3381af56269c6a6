import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seededRandom } from '@loadstar/core'
import { CHAT, MESSAGES, RESPONSES } from './said.js'
import { PIECES, type Pieces } from './stream-pieces.js'

/**
 * A process of its own: a backend of both APIs that answers well, fails in every way, or is silent, by chance.
 * It says its port on the first line, and at `GET /stats` how many requests it holds, has held at once, and was sent.
 */
const random = seededRandom(Number(process.argv[2]), Number(process.argv[3]))
const counts = { active: 0, peak: 0, calls: 0 }

const WHOLE: Readonly<Record<string, readonly [body: object, pieces: Pieces | undefined]>> = {
  '/v1/chat/completions': [CHAT.text, PIECES.chat],
  '/v1/messages': [MESSAGES.text, PIECES.messages],
  '/v1/responses': [RESPONSES.text, PIECES.responses],
  '/v1/completions': [
    { id: 'c', object: 'text_completion', choices: [{ index: 0, text: 'Well' }] },
    undefined,
  ],
  '/v1/embeddings': [
    { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [1] }] },
    undefined,
  ],
}

const server = createServer((req, res) => {
  if (req.url === '/stats') {
    res.end(JSON.stringify(counts))
    return
  }
  counts.calls++
  counts.active++
  counts.peak = Math.max(counts.peak, counts.active)
  const leave = holdUntilGone(req, res)
  const parts: Buffer[] = []
  req.on('data', (part: Buffer) => parts.push(part))
  req.on('end', () =>
    answer(req, res, leave, JSON.parse(Buffer.concat(parts).toString()) as { stream?: boolean }),
  )
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))

/** Counts a request out once: at the end of its answer, or the moment its client is known to be gone. */
function holdUntilGone({ socket }: IncomingMessage, res: ServerResponse): () => void {
  let isHeld = true
  const leave = (): void => {
    if (isHeld) counts.active--
    isHeld = false
  }
  socket.once('end', leave)
  socket.once('error', leave)
  res.once('close', () => {
    socket.off('end', leave)
    socket.off('error', leave)
    leave()
  })
  return leave
}

function answer(
  req: IncomingMessage,
  res: ServerResponse,
  leave: () => void,
  body: { stream?: boolean },
): void {
  const end = (text?: string): void => {
    leave()
    res.end(text)
  }
  // Its close is told one turn later, and the gateway may be faster.
  const hangUp = (): void => {
    leave()
    req.socket.destroy()
  }
  const [whole, pieces] = WHOLE[req.url ?? ''] ?? [{}, undefined]
  const chance = random()
  if (chance < 0.03) return
  setTimeout(() => {
    if (chance < 0.06) end(fail(res, 500, 'boom'))
    else if (chance < 0.08) end(fail(res, 429, 'slow down'))
    else if (chance < 0.1) end(fail(res, 400, 'too long'))
    else if (chance < 0.12) hangUp()
    else if (chance < 0.13) end(String(res.writeHead(200, { 'content-type': 'text/html' }) && '<h1>'))
    else if (chance < 0.14) end(fail(res, 200, 'busy'))
    else if (body.stream === true && pieces !== undefined) stream(res, pieces, { end, hangUp })
    else {
      const text = JSON.stringify(whole)
      res.writeHead(200, { 'content-type': 'application/json' })
      if (chance < 0.16) res.write(text.slice(0, 10), hangUp)
      else if (chance < 0.17) res.write(text.slice(0, 10))
      else end(text)
    }
  }, random() * 12)
}

interface Endings {
  readonly end: (text?: string) => void
  readonly hangUp: () => void
}

function fail(res: ServerResponse, status: number, message: string): string {
  const type = status === 400 ? 'invalid_request_error' : 'server_error'
  // A second of rest, as usual, would leave the run with nothing to do.
  res.writeHead(status, { 'content-type': 'application/json', 'retry-after-ms': '1' })
  return JSON.stringify({ type: 'error', error: { message, type } })
}

function stream(res: ServerResponse, pieces: Pieces, { end, hangUp }: Endings): void {
  const { opening, content, rest, failure } = pieces
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  const chance = random()
  if (chance < 0.02) end(opening + failure)
  else if (chance < 0.04) end(opening)
  else if (chance < 0.05) res.write(opening)
  else {
    res.write(opening + content)
    let words = 1 + Math.floor(random() * 6)
    const timer = setInterval(() => {
      if (words-- > 0) {
        res.write(content)
        return
      }
      clearInterval(timer)
      if (chance < 0.07) end(failure + rest)
      else if (chance < 0.09) end()
      else if (chance < 0.11) hangUp()
      else if (chance > 0.12) end(rest)
    }, 2)
    res.once('close', () => clearInterval(timer))
  }
}
