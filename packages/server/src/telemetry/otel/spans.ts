import type { IncomingMessage } from 'node:http'
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type TextMapGetter,
  type TextMapSetter,
  type Tracer,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { ModelEntry } from '../../registry/entry.js'
import type { AttemptRecord, ExchangeRecord } from '../../gateway/record.js'
import type { AttemptTrace, RequestTrace, TracedCall, Tracing } from '../../gateway/tracing.js'
import { OPERATIONS } from './operations.js'

/**
 * A span for each request and below it one for each call of a model, named and described by the semantic conventions of
 * OpenTelemetry for HTTP and generative AI. Nothing of what is asked or answered is in them.
 */
export class Spans implements Tracing {
  readonly #tracer: Tracer

  constructor(tracer: Tracer) {
    this.#tracer = tracer
  }

  request(req: IncomingMessage, startedMs: number): RequestTrace {
    const [path = ''] = (req.url ?? '').split('?', 1)
    const method = req.method ?? ''
    const span = this.#tracer.startSpan(
      `${method} ${path}`,
      {
        kind: SpanKind.SERVER,
        startTime: startedMs,
        attributes: { 'http.request.method': method, 'http.route': path, 'url.path': path },
      },
      W3C.extract(ROOT_CONTEXT, req.headers, FROM_HEADERS),
    )
    return new RequestSpan(this.#tracer, span)
  }
}

class RequestSpan implements RequestTrace {
  readonly #tracer: Tracer
  readonly #span: Span
  readonly #context: Context

  constructor(tracer: Tracer, span: Span) {
    this.#tracer = tracer
    this.#span = span
    this.#context = trace.setSpan(ROOT_CONTEXT, span)
  }

  attempt({ model, api, isStream, startedMs }: TracedCall): AttemptTrace {
    const operation = OPERATIONS[api]
    const span = this.#tracer.startSpan(
      `${operation} ${model.upstreamModel}`,
      {
        kind: SpanKind.CLIENT,
        startTime: startedMs,
        attributes: {
          'gen_ai.operation.name': operation,
          'gen_ai.provider.name': model.dialect,
          'gen_ai.request.model': model.upstreamModel,
          'gen_ai.request.stream': isStream,
          'loadstar.model.id': model.id,
          ...placeOf(model),
        },
      },
      this.#context,
    )
    return new AttemptSpan(span, startedMs)
  }

  ended({
    requestId,
    outcome,
    status,
    startedMs,
    totalMs,
    queueMs,
    overheadMs,
    asked,
    attempts,
    cache,
  }: ExchangeRecord): void {
    const span = this.#span
    if (span.isRecording()) {
      const attributes: Attributes = {
        'http.response.status_code': status,
        'loadstar.request.id': requestId,
        'loadstar.outcome': outcome,
        'loadstar.queue_wait': queueMs / MS_PER_SECOND,
        'loadstar.overhead': overheadMs / MS_PER_SECOND,
        'loadstar.attempts': attempts.length,
      }
      if (cache) attributes['loadstar.cache'] = cache.result
      if (asked) {
        attributes['gen_ai.request.model'] = asked.model
        attributes['loadstar.priority'] = asked.priority
        if (asked.agentId !== undefined) attributes['gen_ai.agent.id'] = asked.agentId
        if (asked.task !== undefined) attributes['loadstar.task'] = asked.task
      }
      // As the conventions for HTTP say of servers: what a client got wrong is no error of the span.
      if (status >= FIRST_SERVER_ERROR || BROKEN.has(outcome)) fail(span, outcome, attributes)
      span.setAttributes(attributes)
    }
    span.end(startedMs + totalMs)
  }
}

class AttemptSpan implements AttemptTrace {
  readonly headers: string[] = []
  readonly #span: Span
  readonly #startedMs: number

  constructor(span: Span, startedMs: number) {
    this.#span = span
    this.#startedMs = startedMs
    W3C.inject(trace.setSpan(ROOT_CONTEXT, span), this.headers, TO_HEADERS)
  }

  ended({
    outcome,
    serviceMs,
    firstByteMs,
    inputTokens,
    outputTokens,
    score,
    queueMs,
    costUsd,
  }: AttemptRecord): void {
    const span = this.#span
    if (span.isRecording()) {
      const attributes: Attributes = {
        'loadstar.outcome': outcome,
        'loadstar.score': score,
        'loadstar.queue_wait': queueMs / MS_PER_SECOND,
      }
      if (inputTokens !== undefined) attributes['gen_ai.usage.input_tokens'] = inputTokens
      if (outputTokens !== undefined) attributes['gen_ai.usage.output_tokens'] = outputTokens
      if (costUsd !== undefined) attributes['loadstar.cost_usd'] = costUsd
      if (firstByteMs !== undefined) {
        attributes['gen_ai.response.time_to_first_chunk'] = firstByteMs / MS_PER_SECOND
      }
      if (!UNHARMED.has(outcome)) fail(span, outcome, attributes)
      span.setAttributes(attributes)
    }
    span.end(this.#startedMs + serviceMs)
  }
}

const MS_PER_SECOND = 1_000
const FIRST_SERVER_ERROR = 500
/** Broken off when the status had gone out. */
const BROKEN: ReadonlySet<ExchangeRecord['outcome']> = new Set(['upstream_cut', 'instance_lost'])
/** Ended without anybody's mistake. */
const UNHARMED: ReadonlySet<AttemptRecord['outcome']> = new Set(['completed', 'client_gone', 'hedge_lost'])

const W3C = new W3CTraceContextPropagator()

const FROM_HEADERS: TextMapGetter<IncomingMessage['headers']> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, name) => headers[name],
}

const TO_HEADERS: TextMapSetter<string[]> = {
  set: (headers, name, value) => void headers.push(name, value),
}

function fail(span: Span, outcome: string, attributes: Attributes): void {
  attributes['error.type'] = outcome
  span.setStatus({ code: SpanStatusCode.ERROR })
}

function placeOf({ baseUrl }: ModelEntry): Attributes {
  const { hostname, port, protocol } = new URL(baseUrl)
  return { 'server.address': hostname, 'server.port': Number(port) || (protocol === 'https:' ? 443 : 80) }
}
