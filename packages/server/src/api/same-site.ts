import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { ApiError } from './error-envelope.js'

/** Methods that change nothing here, and whose answers a browser keeps from pages of other origins. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The answer to what a web page of another origin makes a browser send: 403 `cross_origin`.
 *
 * A POST without a body needs no permission asked beforehand (no CORS preflight), so the content type does not protect
 * every route. Programs send neither of the headers read here.
 */
export function crossOriginRefusal({ method, headers }: IncomingMessage): ApiError | undefined {
  if (SAFE_METHODS.has(method ?? '')) return undefined
  const site = headers['sec-fetch-site']
  const isForeign =
    site === undefined
      ? headers.origin !== undefined && hostOf(headers.origin) !== headers.host
      : site !== 'same-origin' && site !== 'none'
  if (!isForeign) return undefined
  const origin = (headers.origin ?? 'elsewhere').slice(0, 200)
  return new ApiError(403, 'cross_origin', `origin must be that of this server, got "${origin}"`, 'origin')
}

/** The answer to a request that was not meant for this server: 403 `unknown_host`. */
export type HostCheck = (req: IncomingMessage) => ApiError | undefined

/**
 * While it listens on loopback, `Host` must be an IP address, `localhost`, `listening` itself or one of `names`: a page
 * whose own name was made to point at 127.0.0.1 (DNS rebinding) is of the same origin to its browser, and shows only
 * in this header. Elsewhere any name may be right.
 */
export function hostCheck(listening: string, names: readonly string[]): HostCheck {
  if (!isLoopback(listening)) return () => undefined
  const known = new Set([listening, ...names].map((name) => name.toLowerCase()))
  // Requests come to one name, nearly all of them.
  let latest = ''
  return ({ headers }) => {
    if (headers.host === undefined || headers.host === latest) return undefined
    const name = nameOf(headers.host)
    if (isIP(name) !== 0 || /^(.+\.)?localhost$/.test(name) || known.has(name)) {
      latest = headers.host
      return undefined
    }
    const message = `host must be an IP address, localhost or one of server.allowed_hosts, got "${name.slice(0, 200)}"`
    return new ApiError(403, 'unknown_host', message, 'host')
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)
}

/** Without port, brackets and the dot that ends a full name. */
function nameOf(host: string): string {
  const name = /^\[(.*)\](:\d*)?$/.exec(host)?.[1] ?? host.replace(/:\d*$/, '')
  return name.toLowerCase().replace(/\.$/, '')
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
