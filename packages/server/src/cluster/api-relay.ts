import { request, type IncomingMessage, type ServerResponse } from 'node:http'

/** Of one connection only, not of the message (RFC 9110, 7.6.1). */
const HOP_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
])

/**
 * Hands requests on to the primary's API as they are, body and answer in pieces with backpressure. `Host` stays as the
 * client wrote it; who the client is goes along in `x-forwarded-for`. One connection each: calls of the API are few,
 * and a fresh connection is never one that the other end is just closing.
 *
 * @param socketPath - where the primary's API listens.
 */
export function apiRelay(socketPath: string): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    const upstream = request({
      socketPath,
      method: req.method ?? 'GET',
      path: req.url ?? '/',
      headers: headersOf(req),
      setHost: false,
      agent: false,
    })
    upstream.once('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutHopHeaders(answer.rawHeaders))
      answer.pipe(res)
      answer.once('error', () => res.destroy())
      answer.once('aborted', () => res.destroy())
    })
    upstream.on('error', () => {
      // After the answer has begun this is only that the rest of the body is not wanted.
      if (res.headersSent) req.resume()
      else res.writeHead(503, { 'retry-after': '1' }).end()
    })
    res.once('close', () => {
      if (!res.writableFinished) upstream.destroy()
    })
    req.pipe(upstream)
  }
}

function headersOf({ rawHeaders, headers, socket }: IncomingMessage): string[] {
  const before = headers['x-forwarded-for']
  const chain = [before, socket.remoteAddress].flat().filter((part) => part !== undefined)
  const kept = withoutHopHeaders(rawHeaders, 'x-forwarded-for')
  // Told of no body, the client of Node would announce one in pieces.
  const none = headers['content-length'] === undefined ? ['content-length', '0'] : []
  const body = headers['transfer-encoding'] === undefined ? none : ['transfer-encoding', 'chunked']
  // Kept open for as long as the body comes: who is refused at the head would otherwise see a broken pipe.
  return [...kept, ...body, 'x-forwarded-for', chain.join(', '), 'connection', 'keep-alive']
}

function withoutHopHeaders(raw: readonly string[], ...more: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name, value] = [raw[i] as string, raw[i + 1] as string]
    const lower = name.toLowerCase()
    if (!HOP_HEADERS.has(lower) && !more.includes(lower)) kept.push(name, value)
  }
  return kept
}
