import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { discardBody } from '../gateway/body.js'
import { requestIdOf } from '../gateway/request-id.js'
import { ApiError, envelopeOf } from './error-envelope.js'
import type { HostCheck } from './same-site.js'

type Handler = (req: IncomingMessage, res: ServerResponse) => void

/** Milliseconds for the request line and all headers: a client that sends them drop by drop holds a socket for nothing. */
const HEADERS_TIMEOUT_MS = 20_000
/** Milliseconds for a whole request with its body; answers may take as long as they take. */
const REQUEST_TIMEOUT_MS = 120_000
/** Longer than the 60 s that load balancers keep idle connections, so that they close first and no request is lost. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000
const MAX_HEADER_BYTES = 32_768

interface Parts {
  readonly api: Handler
  /** Takes every path that begins with `/v1/`. */
  readonly gateway: Handler | undefined
  readonly checkHost: HostCheck
}

/** One port for both: `/v1/…` goes straight to the gateway, everything else to the API. */
export function createHttpServer({ api, gateway, checkHost }: Parts): Server {
  const handler: Handler = (req, res) => {
    req.url = originForm(req.url ?? '')
    ;(req.socket as AnsweringSocket)[ANSWER] = res
    const refusal = checkHost(req)
    if (refusal !== undefined) refuse(req, res, refusal)
    else if (gateway !== undefined && req.url.startsWith('/v1/')) gateway(req, res)
    else api(req, res)
  }
  return createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    handler,
  )
}

const ANSWER_TO_CODE: Readonly<Record<string, ApiError>> = {
  HPE_HEADER_OVERFLOW: new ApiError(431, 'headers_too_large', `headers must be ≤ ${MAX_HEADER_BYTES} bytes`),
  ERR_HTTP_REQUEST_TIMEOUT: new ApiError(408, 'request_timeout', 'the request did not arrive in time'),
}
const NOT_HTTP = new ApiError(400, 'invalid_http', 'the request must be HTTP/1.1')

const ANSWER = Symbol('answer')

/** A connection and its latest answer; a WeakMap of both would be work for the garbage collector with every request. */
interface AnsweringSocket extends Socket {
  [ANSWER]?: ServerResponse
}

/** A whole URL may stand where usually only its path does (RFC 9112, 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const path = /^https?:\/\/[^/?]*(.*)$/i.exec(target)?.[1]
  if (path === undefined) return target
  return path.startsWith('/') ? path : `/${path}`
}

function refuse(req: IncomingMessage, res: ServerResponse, answer: ApiError): void {
  discardBody(req)
  const body = envelopeOf(answer)
  res.writeHead(answer.statusCode, {
    'x-request-id': requestIdOf(req),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  res.end(body)
}

/** Answers bytes that are not a request, unless that would land in the middle of an answer. */
export function refuseClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  const answering = (socket as AnsweringSocket)[ANSWER]
  const isInAnswer = answering?.headersSent === true && !answering.writableFinished
  if (isInAnswer || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const answer = ANSWER_TO_CODE[error.code ?? ''] ?? NOT_HTTP
  const body = envelopeOf(answer)
  const head = [
    `HTTP/1.1 ${answer.statusCode} ${answer.code}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
