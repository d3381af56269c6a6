import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RoutingConfig } from '../config/config.js'
import { discardBody, receiveBody } from './body.js'
import { Candidates } from './candidates.js'
import { Cargo } from './cargo.js'
import type { Caller, Callers } from './caller.js'
import { forbidden, nobodyCan, unknownRoute, wrongContentType, wrongMethod } from './door-refusals.js'
import { COUNT_ENDPOINT, ENDPOINTS, voiceOf, type Endpoint } from './endpoint.js'
import { Exchange } from './exchange.js'
import type { Errand, ExchangeGround } from './exchange-ground.js'
import { ExchangeList } from './exchange-list.js'
import { Identities } from './identities.js'
import { estimateInputTokens } from './input-estimate.js'
import { listModels, pageOf } from './models-list.js'
import type { RawHeaders } from './raw-headers.js'
import { badRequest, internalError, sendRefusal, type Refusal } from './refusal.js'
import { CLIENT_CLOSED_REQUEST, type ExchangeRecord } from './record.js'
import { requestIdOf } from './request-id.js'
import { parseRoutedBody } from './routed-body.js'
import type { Scorer } from './scorer.js'

/** A request that can be routed, or why it cannot. */
type Reading = Pick<Errand, 'body' | 'cargo' | 'identity' | 'candidates'> | Refusal

interface GatewayOptions extends Omit<ExchangeGround, 'candidates' | 'routing'> {
  readonly routing: RoutingConfig
  readonly scorer: Scorer
  readonly maxBodyBytes: number
  /** Nobody is asked for a key when `undefined`. */
  readonly callers: Callers | undefined
}

const MODELS_PATH = '/v1/models'

/** The APIs of models over HTTP: reads a request far enough to route it, and lets an `Exchange` live it. */
export class Gateway {
  readonly #ground: ExchangeGround & GatewayOptions
  readonly #identities: Identities
  readonly #exchanges = new ExchangeList()
  readonly #startedSec: number
  #idle: (() => void) | undefined

  constructor(options: GatewayOptions) {
    const { catalog, routing, scorer } = options
    this.#ground = { ...options, candidates: new Candidates(catalog, routing.assignmentBonus, scorer) }
    this.#identities = new Identities(catalog)
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
    this.#ground.admission.close()
    if (this.#exchanges.isEmpty) return
    await new Promise<void>((resolve) => (this.#idle = resolve))
  }

  /** Ends what still runs. */
  abortAll(): void {
    for (const exchange of this.#exchanges.all()) exchange.abort()
  }

  #begin(req: IncomingMessage, res: ServerResponse): void {
    const call: Call = { req, res, requestId: requestIdOf(req), method: req.method, path: pathOf(req) }
    const { requestId, path } = call
    res.on('error', (error) => this.#ground.log.warn({ requestId, error: error.message }, 'answer broken'))
    const endpoint = ENDPOINTS.get(path) ?? (path === COUNT_ENDPOINT.path ? COUNT_ENDPOINT : undefined)
    const caller = this.#ground.callers?.of(req.headers)
    if (caller && 'status' in caller) this.#stranger(call, endpoint, caller)
    else if (caller?.role === 'viewer')
      this.#stranger(call, endpoint, forbidden('a key of role viewer makes no live requests'))
    else if (endpoint && call.method === 'POST') this.#receive(call, endpoint, caller)
    else if (endpoint) refuseUnread(call, wrongMethod(call, 'POST'), ['allow', 'POST'])
    else if (path === MODELS_PATH || path.startsWith(`${MODELS_PATH}/`)) this.#listModels(call)
    else refuseUnread(call, unknownRoute(call))
  }

  #stranger(call: Call, endpoint: Endpoint | undefined, refusal: Refusal): void {
    if (endpoint) this.#early(call, endpoint, undefined, refusal)
    refuseUnread(call, refusal, refusal.status === 401 ? ['www-authenticate', 'Bearer'] : [])
  }

  #receive(call: Call, endpoint: Endpoint, caller: Caller | undefined): void {
    const wrongType = wrongContentType(call.req.headers['content-type'])
    if (wrongType) {
      this.#early(call, endpoint, caller, wrongType)
      refuseUnread(call, wrongType)
      return
    }
    receiveBody(call.req, this.#ground.maxBodyBytes, (read) => {
      switch (read.kind) {
        case 'read':
          if (endpoint === COUNT_ENDPOINT) this.#count(call, read.bytes)
          else this.#forward(call, endpoint, caller, read.bytes)
          return
        case 'refused':
          this.#early(call, endpoint, caller, read.refusal)
          refuse(call, read.refusal)
          return
        case 'gone':
          this.#early(call, endpoint, caller)
      }
    })
  }

  /** A request to a model ended before it was submitted: turned away or, without a refusal, left by its client. */
  #early({ req, requestId }: Call, endpoint: Endpoint, caller: Caller | undefined, refusal?: Refusal): void {
    if (endpoint === COUNT_ENDPOINT) return
    const startedMs = this.#ground.clock()
    const record: ExchangeRecord = {
      requestId,
      keyId: caller?.keyId,
      chargeId: undefined,
      api: endpoint.api,
      cache: undefined,
      outcome: refusal ? 'refused_at_door' : 'left_at_door',
      status: refusal?.status ?? CLIENT_CLOSED_REQUEST,
      startedMs,
      asked: undefined,
      totalMs: 0,
      queueMs: 0,
      overheadMs: 0,
      attempts: [],
    }
    this.#ground.tracing()?.request(req, startedMs).ended(record)
    this.#ground.ended(record)
  }

  #count(call: Call, bytes: Buffer): void {
    const asked = this.#guarded(call, () => this.#ask(bytes, call.req, COUNT_ENDPOINT))
    if ('status' in asked) refuse(call, asked)
    else sendJson(call, { input_tokens: estimateInputTokens(bytes) })
  }

  #forward(call: Call, endpoint: Endpoint, caller: Caller | undefined, bytes: Buffer): void {
    const receivedMs = this.#ground.clock()
    const reading = this.#guarded(call, () => this.#read(bytes, call.req, endpoint, caller))
    if ('status' in reading) {
      this.#early(call, endpoint, caller, reading)
      refuse(call, reading)
      return
    }
    const { req, res, requestId } = call
    const { body, cargo, identity, candidates } = reading
    const { voice } = endpoint
    const trace = this.#ground.tracing()?.request(req, receivedMs)
    const exchange = new Exchange(
      this.#ground,
      { req, res, voice, requestId, receivedMs, body, cargo, identity, caller, candidates, trace },
      this.#left,
    )
    this.#exchanges.add(exchange)
    exchange.start()
  }

  readonly #left = (exchange: Exchange): void => {
    this.#exchanges.remove(exchange)
    if (this.#exchanges.isEmpty) this.#idle?.()
  }

  /** A fault of ours ends this request with an answer, and no other. */
  #guarded<T>({ requestId }: Call, read: () => T): T | Refusal {
    try {
      return read()
    } catch (error) {
      this.#ground.log.error({ requestId, error }, 'request failed inside the gateway')
      return internalError(requestId)
    }
  }

  /** What is asked, by whom, and who may answer. */
  #read(bytes: Buffer, req: IncomingMessage, endpoint: Endpoint, caller: Caller | undefined): Reading {
    const { catalog, candidates } = this.#ground
    const asked = this.#ask(bytes, req, endpoint)
    if ('status' in asked) return asked
    const { body, identity } = asked
    const { agent } = identity
    if (agent && caller?.agents?.has(agent.id) === false)
      return forbidden(`the key "${caller.keyId}" must not speak for the agent "${agent.id}"`, 'agent')
    const cargo = new Cargo(endpoint, body)
    const list = candidates.for(identity, cargo)
    if ('status' in list) return list
    if (list.length === 0) return nobodyCan(catalog, identity.mustHave)
    return { body, cargo, identity, candidates: list }
  }

  #ask(bytes: Buffer, req: IncomingMessage, endpoint: Endpoint): Pick<Errand, 'body' | 'identity'> | Refusal {
    const parsed = parseRoutedBody(bytes)
    if ('status' in parsed) return parsed
    const { body, fields } = parsed
    const fault = endpoint.check(body, fields)
    if (fault) return fault
    const identity = this.#identities.of(body.model, req.headers)
    return 'status' in identity ? identity : { body, identity }
  }

  #listModels(call: Call): void {
    const { method, path } = call
    if (method !== 'GET' && method !== 'HEAD') {
      refuseUnread(call, wrongMethod(call, 'GET'), ['allow', 'GET, HEAD'])
      return
    }
    const listed = listModels(this.#ground.catalog, this.#startedSec)
    if (path === MODELS_PATH) {
      sendJson(call, pageOf(listed))
      return
    }
    const id = decodeId(path.slice(MODELS_PATH.length + 1))
    const model = listed.find((candidate) => candidate.id === id)
    if (model) sendJson(call, model)
    else
      refuse(
        call,
        badRequest(`model must be a known model id or alias, got "${id.slice(0, 128)}"`, 'model', {
          status: 404,
          code: 'model_not_found',
          reason: 'unknown_model',
        }),
      )
  }
}

/** One request, and where its answer goes. */
interface Call {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly requestId: string
  readonly method: string | undefined
  /** Without what follows a question mark. */
  readonly path: string
}

function sendJson({ res, requestId }: Call, value: unknown): void {
  const body = JSON.stringify(value)
  res.writeHead(200, {
    'x-request-id': requestId,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  res.end(body)
}

function refuse({ res, requestId, path }: Call, refusal: Refusal, headers: RawHeaders = []): void {
  sendRefusal(res, refusal, { requestId, voice: voiceOf(path), headers })
}

/** Answers without having read the body: what still comes is thrown away. */
function refuseUnread(call: Call, refusal: Refusal, headers?: RawHeaders): void {
  discardBody(call.req)
  refuse(call, refusal, headers)
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
