/**
 * What an event at the beginning of a stream is: `opening` says nothing yet (comments, a role, empty text), `content`
 * is what the client waits for, `failure` is the model's error inside an answer that began with 200.
 */
export type EarlyEvent =
  | { readonly kind: 'opening' | 'content' }
  | { readonly kind: 'failure'; readonly status: number; readonly body: Buffer }

const OPENING: EarlyEvent = { kind: 'opening' }
const CONTENT: EarlyEvent = { kind: 'content' }

/** Error families that say whose fault it is where there is no status; all others are the model's. */
const STATUS_OF_TYPE: ReadonlyMap<unknown, number> = new Map([
  ['invalid_request_error', 400],
  ['BadRequestError', 400],
  ['authentication_error', 401],
  ['permission_error', 403],
  ['rate_limit_error', 429],
  ['rate_limit_exceeded', 429],
])
const MODEL_FAILED = 500

/**
 * The first of these whole events that is not `opening`, else `opening`.
 *
 * What is not understood counts as content: it must reach the client, and at once.
 */
export function firstSaid(events: Buffer): EarlyEvent {
  for (const event of events.toString('utf8').split(/\r?\n\r?\n/)) {
    const early = judge(event)
    if (early.kind !== 'opening') return early
  }
  return OPENING
}

/** The error in a JSON answer that came with 200, or `undefined` when it is an answer. */
export function errorInside(
  answer: Readonly<Record<string, unknown>>,
): (EarlyEvent & { kind: 'failure' }) | undefined {
  const { error } = answer
  if (typeof error !== 'object' || error === null || 'choices' in answer || 'data' in answer) return undefined
  const body = Buffer.from(JSON.stringify({ error }))
  return { kind: 'failure', status: statusOf(error as Readonly<Record<string, unknown>>), body }
}

function judge(event: string): EarlyEvent {
  const data = event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length))
    .join('\n')
  if (data.trim() === '') return OPENING
  const value = parsed(data)
  if (value === undefined) return CONTENT
  return errorInside(value) ?? (isOpening(value) ? OPENING : CONTENT)
}

function parsed(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

interface Choice {
  readonly delta?: Readonly<Record<string, unknown>> | null
  readonly text?: unknown
  readonly finish_reason?: unknown
}

function isOpening({ choices }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(choices) && (choices as readonly (Choice | null)[]).every(saysNothing)
}

function saysNothing(choice: Choice | null): boolean {
  if (isSaid(choice?.finish_reason) || isSaid(choice?.text)) return false
  return Object.entries(choice?.delta ?? {}).every(([name, value]) => name === 'role' || !isSaid(value))
}

function isSaid(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== ''
}

function statusOf({ code, status, type }: Readonly<Record<string, unknown>>): number {
  const told = [code, status].map(Number).find((number) => number >= 400 && number < 600)
  return told ?? STATUS_OF_TYPE.get(type) ?? STATUS_OF_TYPE.get(code) ?? MODEL_FAILED
}
