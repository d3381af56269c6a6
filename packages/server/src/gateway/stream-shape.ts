import type { Api, Json } from './translation/translation.js'

/** A line of an event stream. */
interface Line {
  readonly field: Buffer
  readonly value: Buffer
}

/** How the event streams of an API begin and end, and what its whole answers have. */
export interface StreamShape {
  /** The field that every whole answer has, a list. */
  readonly answerField: string
  /** Lines of which any says that the stream is complete. */
  readonly endings: readonly Line[]
  /** Whether an event says nothing yet of what the client waits for. */
  isOpening(event: Json): boolean
}

const DONE = line('data:', '[DONE]')

const CHOICES: StreamShape = {
  answerField: 'choices',
  endings: [DONE],
  isOpening: ({ choices }) =>
    Array.isArray(choices) && (choices as readonly (Choice | null)[]).every(saysNothing),
}

const MESSAGES: StreamShape = {
  answerField: 'content',
  endings: [line('event:', 'message_stop')],
  isOpening: ({ type, content_block: block }) => {
    if (type === 'content_block_start') return !isToolUse(block)
    return type === 'message_start' || type === 'ping' || type === 'content_block_stop'
  },
}

const OPENING_RESPONSES = new Set<unknown>([
  'response.created',
  'response.queued',
  'response.in_progress',
  'response.content_part.added',
  'response.reasoning_summary_part.added',
])

const RESPONSES: StreamShape = {
  answerField: 'output',
  endings: [
    line('event:', 'response.completed'),
    line('event:', 'response.incomplete'),
    line('event:', 'response.failed'),
    DONE,
  ],
  isOpening: ({ type, item }) => {
    if (type === 'response.output_item.added') return isOf(item, ['message', 'reasoning'])
    return OPENING_RESPONSES.has(type)
  },
}

export const STREAM_SHAPES: Readonly<Record<Api, StreamShape>> = {
  chat: CHOICES,
  completions: CHOICES,
  embeddings: CHOICES,
  messages: MESSAGES,
  responses: RESPONSES,
}

interface Choice {
  readonly delta?: Json | null
  readonly text?: unknown
  readonly finish_reason?: unknown
}

function saysNothing(choice: Choice | null): boolean {
  if (isSaid(choice?.finish_reason) || isSaid(choice?.text)) return false
  return Object.entries(choice?.delta ?? {}).every(([name, value]) => name === 'role' || !isSaid(value))
}

function isSaid(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== ''
}

function isToolUse(block: unknown): boolean {
  return !isOf(block, ['text', 'thinking'])
}

function isOf(part: unknown, types: readonly string[]): boolean {
  if (typeof part !== 'object' || part === null) return false
  const { type } = part as Json
  return typeof type === 'string' && types.includes(type)
}

function line(field: string, value: string): Line {
  return { field: Buffer.from(field), value: Buffer.from(value) }
}
