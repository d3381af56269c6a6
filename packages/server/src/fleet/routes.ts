import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Answer } from './answer.js'
import { answerAtOnce, converse, failInternally } from './conversation.js'
import { embeddingBody } from './embedding.js'
import type { Engine, Slot } from './engine.js'
import { sendError, sendInvalid, sendJson } from './envelope.js'
import { readEmbedding, readPrompt, type AnswerKind } from './prompt.js'
import type { ModelServerStats } from './record.js'

const LARGEST_BODY_BYTES = 32 * 1024 * 1024

/** Answers one request of a model server, whatever it asks. */
export function dispatch(engine: Engine, req: IncomingMessage, res: ServerResponse): void {
  const path = (req.url ?? '/').split('?', 1)[0] ?? '/'
  switch (`${req.method ?? ''} ${path}`) {
    case 'POST /v1/chat/completions':
      hold(engine, req, res, (slot, body) => answerPrompt(engine, slot, 'chat', body, res))
      break
    case 'POST /v1/completions':
      hold(engine, req, res, (slot, body) => answerPrompt(engine, slot, 'text', body, res))
      break
    case 'POST /v1/embeddings':
      hold(engine, req, res, (slot, body) => answerEmbedding(engine, slot, body, res))
      break
    case 'GET /v1/models':
      sendJson(res, 200, modelList(engine.spec.id))
      break
    case 'GET /stats':
      sendJson(res, 200, statsBody(engine.stats()))
      break
    case 'POST /reset':
      req.resume()
      engine.reset()
      res.writeHead(204).end()
      break
    default:
      req.resume()
      sendInvalid(res, 404, `${req.method ?? ''} ${path} does not exist here`, null)
  }
}

/** Gives the request a slot for as long as it lives, or refuses it; `answer` gets the slot and the parsed body. */
function hold(
  engine: Engine,
  req: IncomingMessage,
  res: ServerResponse,
  answer: (slot: Slot, body: unknown) => void,
): void {
  const slot = engine.enter()
  if (slot === null) {
    req.resume()
    sendError(res, 503, {
      message: `${engine.spec.id} is overloaded: it takes ${engine.spec.maxConcurrent} requests at once`,
      type: 'overloaded_error',
      param: null,
      code: 'overloaded',
    })
    return
  }
  freeWhenGone(slot, req.socket, res)
  const { stallMs } = engine.spec.faults
  if (slot.fate.fault === 'stall' && stallMs !== null) {
    slot.afterTime(stallMs, () => {
      slot.release('faulty')
      failInternally(res)
    })
  }
  readJson(
    req,
    (body) => answer(slot, body),
    (status, message) => refuse(slot, res, status, message, null),
  )
}

/**
 * Frees the slot the moment its client is known to be gone.
 *
 * The answer's `close` comes one turn of the event loop after the socket's end was read; a request that was sent
 * once the client had left could be read in between, and would be refused for a slot that nobody holds.
 */
function freeWhenGone(slot: Slot, socket: Socket, res: ServerResponse): void {
  const free = (): void => slot.release('aborted')
  socket.once('end', free)
  socket.once('error', free)
  // Also fires after a whole answer, when the slot is free already and nothing happens.
  res.once('close', () => {
    socket.off('end', free)
    socket.off('error', free)
    free()
  })
}

function readJson(
  req: IncomingMessage,
  onBody: (body: unknown) => void,
  onInvalid: (status: number, message: string) => void,
): void {
  const parts: Buffer[] = []
  let bytes = 0
  req.on('data', (part: Buffer) => {
    bytes += part.length
    if (bytes <= LARGEST_BODY_BYTES) parts.push(part)
  })
  req.on('end', () => {
    if (bytes > LARGEST_BODY_BYTES) {
      onInvalid(413, `the body must have ≤ ${LARGEST_BODY_BYTES} bytes, got ${bytes}`)
      return
    }
    let body: unknown
    try {
      body = JSON.parse(Buffer.concat(parts).toString('utf8'))
    } catch {
      onInvalid(400, 'the body must be valid JSON')
      return
    }
    onBody(body)
  })
}

function answerPrompt(
  engine: Engine,
  slot: Slot,
  kind: AnswerKind,
  body: unknown,
  res: ServerResponse,
): void {
  const reading = readPrompt(kind, body)
  if (!reading.ok) return refuse(slot, res, 400, reading.message, reading.param)
  const prompt = reading.value
  if (prompt.model !== engine.spec.id) return refuseModel(engine, slot, prompt.model, res)
  const answer = new Answer(prompt, engine.spec.id, engine.nextSerial(), engine.spec.outputTokens)
  converse(slot, answer, prompt.isStream, res)
}

function answerEmbedding(engine: Engine, slot: Slot, body: unknown, res: ServerResponse): void {
  const reading = readEmbedding(body)
  if (!reading.ok) return refuse(slot, res, 400, reading.message, reading.param)
  if (reading.value.model !== engine.spec.id) return refuseModel(engine, slot, reading.value.model, res)
  answerAtOnce(slot, embeddingBody(reading.value, engine.spec.id), res)
}

function refuse(
  slot: Slot,
  res: ServerResponse,
  status: number,
  message: string,
  param: string | null,
): void {
  slot.release('invalid')
  sendInvalid(res, status, message, param)
}

function refuseModel(engine: Engine, slot: Slot, model: string, res: ServerResponse): void {
  slot.release('invalid')
  sendError(res, 404, {
    message: `model must be ${engine.spec.id}, got ${JSON.stringify(model.slice(0, 80))}`,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_found',
  })
}

function modelList(id: string): string {
  return JSON.stringify({
    object: 'list',
    data: [{ id, object: 'model', created: 0, owned_by: 'loadstar-fleet' }],
  })
}

function statsBody(stats: ModelServerStats): string {
  const { maxConcurrent, peakConcurrency, busyMs, ...counts } = stats
  return JSON.stringify({
    ...counts,
    max_concurrent: maxConcurrent,
    peak_concurrency: peakConcurrency,
    busy_ms: busyMs,
  })
}
