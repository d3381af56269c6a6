import type { IncomingMessage, ServerResponse } from 'node:http'
import { badRequest, type Refusal } from './refusal.js'

type BodyResult =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'gone' }

/** How long a client may go on sending what was refused before its socket is closed. */
const DISCARD_MS = 2_000

/**
 * Reads a request body once, up to `limit` bytes.
 *
 * A body that is too large is refused as soon as that is known; what still arrives is thrown away for a
 * moment, so that a client in the middle of sending reads the answer instead of a reset connection.
 */
export function readBody(req: IncomingMessage, res: ServerResponse, limit: number): Promise<BodyResult> {
  return new Promise((resolve) => {
    const declared = Number(req.headers['content-length'])
    if (declared > limit) {
      discard(req, res)
      resolve({ kind: 'refused', refusal: tooLarge(limit, declared) })
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      if (size > limit) {
        req.off('data', onData)
        discard(req, res)
        resolve({ kind: 'refused', refusal: tooLarge(limit, size) })
        return
      }
      chunks.push(chunk)
    }
    req.on('data', onData)
    req.on('end', () => {
      const [first] = chunks
      resolve({ kind: 'read', bytes: chunks.length === 1 && first ? first : Buffer.concat(chunks) })
    })
    // After 'end' or a refusal these find the promise settled already.
    req.on('error', () => resolve({ kind: 'gone' }))
    req.on('close', () => resolve({ kind: 'gone' }))
  })
}

function discard(req: IncomingMessage, res: ServerResponse): void {
  res.setHeader('connection', 'close')
  req.resume()
  const timer = setTimeout(() => req.socket.destroy(), DISCARD_MS)
  req.socket.once('close', () => clearTimeout(timer))
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
