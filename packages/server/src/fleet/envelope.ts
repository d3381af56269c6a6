import type { ServerResponse } from 'node:http'

/** What went wrong, in the fields of the OpenAI dialect. */
interface ErrorBody {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

/** Ends the answer with a JSON body. */
export function sendJson(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  res.end(body)
}

/** Ends the answer with the dialect's error envelope. */
export function sendError(res: ServerResponse, status: number, error: ErrorBody): void {
  sendJson(res, status, JSON.stringify({ error }))
}

export function sendInvalid(
  res: ServerResponse,
  status: number,
  message: string,
  param: string | null,
): void {
  sendError(res, status, { message, type: 'invalid_request_error', param, code: null })
}
