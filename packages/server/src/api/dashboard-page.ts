import { existsSync } from 'node:fs'
import { join } from 'node:path'
import serveStatic, { type SetHeadersResponse } from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiDeps, ZodApp } from './deps.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It serves a file of the web page. */
    isPage?: boolean
  }
}

/** The web page among the routes of the API. */
interface DashboardPage {
  /** Whether the answer is part of the page, which tells nothing of anybody. */
  has(request: FastifyRequest): boolean
  /** Answers a path of the page's own with the page, where it is one. @returns whether it did. */
  answer(request: FastifyRequest, reply: FastifyReply): boolean
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const NOT_BUILT = `The dashboard is not built: run "npm run build" in a checkout, then start the server again.
The API is described at /docs/.
`

/** Its names carry a hash of their contents. */
const ASSETS = '/assets/'
/** Where something else answers, if anything: a wrong path there must not look like a page. */
const NOT_ITS_OWN = /^\/(api|v1|docs|assets|metrics|livez|readyz|health|openapi\.json)(\/|$)/

/**
 * Serves the page at `/`, and at every path below that is nobody else's: the page itself knows its views. Where it is
 * not built `/` says how; where it is switched off `/` leads to the description of the API.
 */
export function dashboardPage(app: ZodApp, { isEnabled, folder }: ApiDeps['dashboard']): DashboardPage {
  const hidden = { schema: { hide: true }, config: { isPage: true } }
  const isBuilt = existsSync(join(folder, 'index.html'))
  if (!isEnabled || !isBuilt) {
    app.get('/', hidden, (_request, reply) => {
      if (!isEnabled) return reply.redirect('/docs/')
      return reply.type('text/plain; charset=utf-8').send(NOT_BUILT)
    })
    return { has: isFileOfPage, answer: () => false }
  }
  app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, isPage: true }
    })
    await scope.register(serveStatic, {
      root: folder,
      // One route for each file there is, so that nothing else is ever looked for.
      wildcard: false,
      globIgnore: ['**/*.br', '**/*.gz'],
      preCompressed: true,
      cacheControl: false,
      decorateReply: false,
      setHeaders,
    })
  })
  // Lends `sendFile` to the answers of paths that are no files.
  app.register(serveStatic, {
    root: folder,
    serve: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders,
  })
  return {
    has: (request) => isFileOfPage(request) || isView(request),
    answer(request, reply) {
      if (!isView(request)) return false
      reply.sendFile('index.html')
      return true
    },
  }
}

function isFileOfPage({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.isPage === true
}

/** Somebody opens, or reloads, a path that no route has. */
function isView({ is404, method, url, headers }: FastifyRequest): boolean {
  if (!is404 || (method !== 'GET' && method !== 'HEAD')) return false
  return headers.accept?.includes('text/html') === true && !NOT_ITS_OWN.test(url.split('?', 1)[0] ?? '')
}

function setHeaders(response: SetHeadersResponse, path: string): void {
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY)
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('vary', 'accept-encoding')
  const isForever = path.replaceAll('\\', '/').includes(ASSETS)
  response.setHeader('cache-control', isForever ? 'public, max-age=31536000, immutable' : 'no-cache')
}
