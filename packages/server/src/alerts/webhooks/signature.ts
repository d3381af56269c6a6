import { createHmac } from 'node:crypto'

/**
 * `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 with the secret over the seconds, a dot and the body. The time is signed, so
 * that a receiver can refuse what is older than its window (five minutes, say); every attempt is signed anew.
 */
export function signatureOf(secret: string, body: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000)
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}
