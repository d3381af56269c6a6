import type { ServerResponse } from 'node:http'
import type { Answer } from './answer.js'
import type { Slot } from './engine.js'
import { sendError, sendJson } from './envelope.js'

/** Tokens that fall within this time go out as one piece: a write per token would cost more than the simulation. */
const PIECE_MS = 50

const EVENTS = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' }
const LAPSE =
  '{"error":{"message":"The simulated model lapsed on purpose.","type":"server_error","param":null,"code":null}}'
const HTML = '<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>'
const BROKEN_JSON =
  '{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assis'

/** Answers a request for text as its fate has it, and gives the slot back when the answer ends. */
export function converse(slot: Slot, answer: Answer, isStream: boolean, res: ServerResponse): void {
  const { fault } = slot.fate
  switch (fault) {
    case 'error':
      slot.afterWork(slot.fate.firstTokenMs, () => fail(slot, res))
      break
    case 'stall':
      slot.misbehave('stall')
      break
    case 'nonsense':
      slot.afterWork(slot.fate.firstTokenMs, () => babble(slot, res))
      break
    case 'cut':
      if (isStream) stream(slot, answer, res, Math.floor(answer.tokens * slot.fate.share))
      else cutBody(slot, answer, res)
      break
    case 'throttle':
      throttle(slot, res)
      break
    case 'lapse':
      slot.afterWork(slot.fate.firstTokenMs, () => lapse(slot, answer, isStream, res))
      break
    case 'slow':
    case null:
      if (fault === 'slow') slot.misbehave('slow')
      if (isStream) stream(slot, answer, res, Infinity)
      else slot.afterWork(wholeMs(slot, answer), () => sendWhole(slot, res, answer.whole()))
  }
}

/** Answers with a body made at once, after the time to the first token, unless fate has something worse. */
export function answerAtOnce(slot: Slot, body: string, res: ServerResponse): void {
  const { fault, firstTokenMs } = slot.fate
  if (fault === 'stall' || fault === 'slow') slot.misbehave(fault)
  if (fault === 'stall') return
  if (fault === 'throttle') return throttle(slot, res)
  slot.afterWork(firstTokenMs, () => {
    if (fault === 'error') fail(slot, res)
    else if (fault === 'nonsense') babble(slot, res)
    else if (fault === 'lapse') lapseWhole(slot, res)
    else if (fault === 'cut') cutOff(slot, res, body)
    else sendWhole(slot, res, body)
  })
}

/** The 500 of an `error` fault, or of a stall that has lasted long enough. */
export function failInternally(res: ServerResponse): void {
  sendError(res, 500, {
    message: 'The simulated model failed on purpose.',
    type: 'server_error',
    param: null,
    code: 'simulated_fault',
  })
}

// The slot is free before the last byte leaves: whoever reads that byte may send the next request at once.
function sendWhole(slot: Slot, res: ServerResponse, body: string): void {
  slot.release('served')
  sendJson(res, 200, body)
}

function fail(slot: Slot, res: ServerResponse): void {
  slot.misbehave('error')
  slot.release('faulty')
  failInternally(res)
}

function babble(slot: Slot, res: ServerResponse): void {
  slot.misbehave('nonsense')
  slot.release('faulty')
  const isHtml = slot.fate.share < 0.5
  res.writeHead(200, { 'content-type': isHtml ? 'text/html' : 'application/json' })
  res.end(isHtml ? HTML : BROKEN_JSON)
}

/** Refuses as a provider does whose rate limit is reached, and at once. */
function throttle(slot: Slot, res: ServerResponse): void {
  slot.misbehave('throttle')
  slot.release('faulty')
  res.setHeader('retry-after', '1')
  sendError(res, 429, {
    message: 'The simulated model limits its rate on purpose.',
    type: 'rate_limit_error',
    param: null,
    code: 'rate_limit_exceeded',
  })
}

/** Begins well and then tells an error in the place of its answer. */
function lapse(slot: Slot, answer: Answer, isStream: boolean, res: ServerResponse): void {
  if (!isStream) {
    lapseWhole(slot, res)
    return
  }
  slot.misbehave('lapse')
  slot.release('faulty')
  res.writeHead(200, EVENTS)
  res.end(`${answer.opening()}data: ${LAPSE}\n\n`)
}

function lapseWhole(slot: Slot, res: ServerResponse): void {
  slot.misbehave('lapse')
  slot.release('faulty')
  sendJson(res, 200, LAPSE)
}

function wholeMs(slot: Slot, answer: Answer): number {
  return slot.fate.firstTokenMs + (answer.tokens - 1) * slot.fate.tokenMs
}

function cutBody(slot: Slot, answer: Answer, res: ServerResponse): void {
  slot.afterWork(wholeMs(slot, answer) * slot.fate.share, () => cutOff(slot, res, answer.whole()))
}

/** Promises the whole body, sends half of it and closes the socket. */
function cutOff(slot: Slot, res: ServerResponse, body: string): void {
  const bytes = Buffer.from(body)
  slot.misbehave('cut')
  slot.release('faulty')
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length })
  res.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => res.destroy())
}

/** @param cutAt - tokens after which the socket closes; 0 cuts right after the opening, `Infinity` never cuts. */
function stream(slot: Slot, answer: Answer, res: ServerResponse, cutAt: number): void {
  const { firstTokenMs, tokenMs } = slot.fate
  const perPiece = Math.max(1, Math.round(PIECE_MS / tokenMs))
  let sent = 0
  const send = (opening: string, to: number): void => {
    const upTo = Math.min(to, cutAt)
    const piece = upTo > sent ? answer.piece(sent, upTo) : ''
    sent = upTo
    if (sent === cutAt) {
      slot.misbehave('cut')
      slot.release('faulty')
      res.write(opening + piece, () => res.destroy())
    } else if (sent === answer.tokens) {
      slot.release('served')
      res.end(opening + piece + answer.closing())
    } else {
      res.write(opening + piece)
      const next = Math.min(sent + perPiece, answer.tokens)
      slot.afterWork((next - sent) * tokenMs, () => send('', next))
    }
  }
  slot.afterWork(firstTokenMs, () => {
    res.writeHead(200, EVENTS)
    send(answer.opening(), 1)
  })
}
