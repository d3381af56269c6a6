import type { IncomingMessage } from 'node:http'
import { badRequest, unsupportedMediaType, type Refusal } from './refusal.js'

type BodyResult =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'gone' }

/** How long, and how much, a client may go on sending what was refused before its connection is closed. */
const DISCARD_MS = 30_000
const LARGEST_DISCARDED = 64 * 1024 * 1024

/**
 * Reads a request body once, up to `limit` bytes.
 *
 * One that is compressed or too large is refused as soon as that is known, and what still arrives is thrown away.
 */
export function readBody(req: IncomingMessage, limit: number): Promise<BodyResult> {
  return new Promise((resolve) => receiveBody(req, limit, resolve))
}

/** As `readBody`, with one call of `done` in the very step in which the result is known. */
export function receiveBody(req: IncomingMessage, limit: number, done: (result: BodyResult) => void): void {
  const declared = Number(req.headers['content-length'])
  const refusal =
    compressed(req.headers['content-encoding']) ?? (declared > limit ? tooLarge(limit, declared) : undefined)
  if (refusal === undefined) {
    collectBody(req, limit, done)
    return
  }
  discardBody(req)
  done({ kind: 'refused', refusal })
}

function collectBody(req: IncomingMessage, limit: number, done: (result: BodyResult) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  let isDone = false
  const finish = (result: BodyResult): void => {
    if (isDone) return
    isDone = true
    done(result)
  }
  const onData = (chunk: Buffer): void => {
    size += chunk.length
    if (size > limit) {
      req.off('data', onData)
      discardBody(req)
      finish({ kind: 'refused', refusal: tooLarge(limit, size) })
      return
    }
    chunks.push(chunk)
  }
  req.on('data', onData)
  req.on('end', () => {
    const [first] = chunks
    finish({ kind: 'read', bytes: chunks.length === 1 && first ? first : Buffer.concat(chunks) })
  })
  const onGone = (): void => finish({ kind: 'gone' })
  req.on('error', onGone)
  req.on('close', onGone)
}

/**
 * Throws away what still arrives of a request that is answered already. Closing instead would reset the connection
 * under a client that sends everything before it reads, and the answer would be lost with it.
 */
export function discardBody(req: IncomingMessage): void {
  let left = LARGEST_DISCARDED
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) req.socket.destroy()
  })
  const timer = setTimeout(() => req.socket.destroy(), DISCARD_MS)
  req.once('close', () => clearTimeout(timer))
  req.once('end', () => clearTimeout(timer))
}

function compressed(encoding: string | undefined): Refusal | undefined {
  if (encoding === undefined || encoding === 'identity') return undefined
  return unsupportedMediaType(`content-encoding must be left out, got "${encoding.slice(0, 80)}"`)
}

function tooLarge(limit: number, size: number): Refusal {
  return badRequest(
    `body must be at most ${limit} bytes (server.max_body_bytes), got ${size} or more`,
    null,
    {
      status: 413,
      code: 'body_too_large',
      reason: 'body_too_large',
    },
  )
}
