import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Catalog } from '../registry/catalog.js'
import type { RoutingConfig } from '../config/config.js'
import type { Admission } from './admission.js'
import { discardBody, readBody } from './body.js'
import { Candidates } from './candidates.js'
import { Cargo } from './cargo.js'
import type { DecisionIds } from './decision-ids.js'
import { ENDPOINTS, voiceOf, type Endpoint } from './endpoint.js'
import { Exchange, type ExchangeContext, type RetryAllowance } from './exchange.js'
import type { Hedging } from './hedging.js'
import { identify } from './identify.js'
import { listModels } from './models-list.js'
import type { ExchangeRecord } from './record.js'
import { badRequest, sendRefusal, unsupportedMediaType, type Refusal } from './refusal.js'
import { requestIdOf } from './request-id.js'
import { parseRoutedBody } from './routed-body.js'
import type { KeyOf } from './upstream-key.js'
import type { Upstreams } from './upstreams.js'

/** What the gateway writes about itself; pino's shape. */
interface Log {
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

interface GatewayOptions {
  readonly catalog: Catalog
  readonly admission: Admission
  readonly upstreams: Upstreams
  readonly keyOf: KeyOf
  readonly routing: RoutingConfig
  readonly retryBudget: RetryAllowance
  readonly hedging: Hedging
  readonly decisionIds: DecisionIds
  readonly maxBodyBytes: number
  /** Milliseconds, monotonic. */
  readonly clock: () => number
  readonly log: Log
  /** Told of every request that was submitted, once, when it has ended. */
  readonly ended: (record: ExchangeRecord) => void
}

/** A request that can be routed. */
type Errand = Pick<ExchangeContext, 'body' | 'cargo' | 'identity' | 'candidates'>

const MODELS_PATH = '/v1/models'

/** The APIs of models over HTTP: reads a request far enough to route it, and lets an `Exchange` live it. */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #candidates: Candidates
  readonly #exchanges = new Set<Exchange>()
  readonly #startedSec: number
  #idle: (() => void) | undefined

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#candidates = new Candidates(options.catalog, options.routing.assignmentBonus)
    this.#startedSec = Math.floor(options.clock() / 1000)
  }

  /** Takes every request whose path begins with `/v1/`. */
  readonly handle = (req: IncomingMessage, res: ServerResponse): void => {
    // Of requests pipelined on one connection each waits for its turn: its answer cannot go out before, and until
    // then nobody is told when the client leaves.
    if (res.socket === null) res.once('socket', () => this.#begin(req, res))
    else this.#begin(req, res)
  }

  /** Refuses newcomers and those who wait, then resolves when the last running request has ended. */
  async drain(): Promise<void> {
    this.#options.admission.close()
    if (this.#exchanges.size === 0) return
    await new Promise<void>((resolve) => (this.#idle = resolve))
  }

  /** Ends what still runs. */
  abortAll(): void {
    for (const exchange of [...this.#exchanges]) exchange.abort()
  }

  #begin(req: IncomingMessage, res: ServerResponse): void {
    const requestId = requestIdOf(req)
    res.setHeader('x-request-id', requestId)
    res.on('error', (error) => this.#options.log.warn({ requestId, error: error.message }, 'answer broken'))
    this.#route(req, res, requestId).catch((error: unknown) => {
      this.#options.log.error({ requestId, error }, 'request failed inside the gateway')
      sendRefusal(res, internalError(requestId), { voice: voiceOf(pathOf(req)) })
    })
  }

  async #route(req: IncomingMessage, res: ServerResponse, requestId: string): Promise<void> {
    const path = pathOf(req)
    if (path === MODELS_PATH || path.startsWith(`${MODELS_PATH}/`)) {
      if (req.method === 'GET' || req.method === 'HEAD') this.#answerModels(res, path)
      else refuse(req, res.setHeader('allow', 'GET, HEAD'), wrongMethod(req, path, 'GET'))
      return
    }
    const endpoint = ENDPOINTS.get(path)
    if (!endpoint) refuse(req, res, unknownRoute(req, path))
    else if (req.method !== 'POST')
      refuse(req, res.setHeader('allow', 'POST'), wrongMethod(req, path, 'POST'))
    else await this.#forward(req, res, endpoint, requestId)
  }

  async #forward(
    req: IncomingMessage,
    res: ServerResponse,
    endpoint: Endpoint,
    requestId: string,
  ): Promise<void> {
    const wrongType = checkContentType(req)
    if (wrongType) {
      refuse(req, res, wrongType)
      return
    }
    const read = await readBody(req, this.#options.maxBodyBytes)
    if (read.kind === 'gone') return
    if (read.kind === 'refused') {
      sendRefusal(res, read.refusal, { voice: endpoint.voice })
      return
    }
    const receivedMs = this.#options.clock()
    const errand = this.#errandOf(read.bytes, req, endpoint)
    if ('status' in errand) {
      sendRefusal(res, errand, { voice: endpoint.voice })
      return
    }
    const { candidates, identity, cargo } = errand
    const exchange = new Exchange({
      ...this.#options,
      ...errand,
      req,
      res,
      voice: endpoint.voice,
      requestId,
      receivedMs,
      fallbacks: () => this.#candidates.fallbacksOf(candidates, identity, cargo),
    })
    this.#exchanges.add(exchange)
    try {
      await exchange.run()
    } finally {
      this.#exchanges.delete(exchange)
      if (this.#exchanges.size === 0) this.#idle?.()
    }
  }

  /** What is asked, by whom, and who may answer. */
  #errandOf(bytes: Buffer, req: IncomingMessage, endpoint: Endpoint): Errand | Refusal {
    const body = parseRoutedBody(bytes)
    if ('status' in body) return body
    const fault = endpoint.check(body)
    if (fault) return fault
    const identity = identify(body.model, req.headers, this.#options.catalog)
    if ('status' in identity) return identity
    const cargo = new Cargo(endpoint, body)
    const candidates = this.#candidates.for(identity, cargo)
    if ('status' in candidates) return candidates
    if (candidates.length === 0) return nobodyCan(this.#options.catalog, identity.mustHave)
    return { body, cargo, identity, candidates }
  }

  #answerModels(res: ServerResponse, path: string): void {
    const listed = listModels(this.#options.catalog, this.#startedSec)
    if (path === MODELS_PATH) {
      sendJson(res, { object: 'list', data: listed })
      return
    }
    const id = decodeId(path.slice(MODELS_PATH.length + 1))
    const model = listed.find((candidate) => candidate.id === id)
    if (model) sendJson(res, model)
    else
      sendRefusal(
        res,
        badRequest(`model must be a known model id or alias, got "${id.slice(0, 128)}"`, 'model', {
          status: 404,
          code: 'model_not_found',
          reason: 'unknown_model',
        }),
      )
  }
}

function sendJson(res: ServerResponse, value: unknown): void {
  const body = JSON.stringify(value)
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  res.end(body)
}

/** Answers without having read the body: what still comes is thrown away. */
function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  discardBody(req)
  sendRefusal(res, refusal, { voice: voiceOf(pathOf(req)) })
}

function pathOf(req: IncomingMessage): string {
  return (req.url ?? '').split('?', 1)[0] ?? ''
}

function decodeId(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

function checkContentType(req: IncomingMessage): Refusal | undefined {
  const type = req.headers['content-type']
  const mime = type?.split(';', 1)[0]?.trim().toLowerCase()
  if (mime === 'application/json') return undefined
  return unsupportedMediaType(
    `content-type must be application/json, got ${type ? `"${type.slice(0, 80)}"` : 'none'}`,
  )
}

function wrongMethod(req: IncomingMessage, path: string, allowed: string): Refusal {
  return badRequest(`${path} must be called with ${allowed}, got ${req.method ?? 'nothing'}`, null, {
    status: 405,
    code: 'method_not_allowed',
    reason: 'unknown_route',
  })
}

function unknownRoute(req: IncomingMessage, path: string): Refusal {
  return badRequest(
    `${req.method ?? ''} ${path.slice(0, 200)} is not a route of this gateway; see /docs`,
    null,
    { status: 404, code: 'unknown_url', reason: 'unknown_route' },
  )
}

function nobodyCan(catalog: Catalog, mustHave: readonly string[]): Refusal {
  if (mustHave.length > 0 && catalog.models().length > 0) {
    return badRequest(
      `x-loadstar-require must name capabilities that one of the requested models has, got "${mustHave.join(',')}"`,
      'x-loadstar-require',
      { code: 'capability_unavailable', reason: 'no_model_available' },
    )
  }
  return {
    status: 503,
    type: 'service_unavailable_error',
    code: 'no_model_available',
    message: 'no model is configured: add one to loadstar.yaml or POST /api/v1/model-router/models',
    param: null,
    reason: 'no_model_available',
    retryAfterMs: null,
  }
}

function internalError(requestId: string): Refusal {
  return {
    status: 500,
    type: 'server_error',
    code: 'internal_error',
    message: `the gateway failed on this request; its log has the details under request id ${requestId}`,
    param: null,
    reason: 'internal_error',
  }
}
