import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A field of a message in protobuf: bytes, or a number. */
type Field = Buffer | number

/** The fields of a message, by number, each as often as it came. */
type Message = ReadonlyMap<number, readonly Field[]>

export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string
  readonly name: string
  readonly kind: number
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** 2 is an error. */
  readonly status: number
  readonly service: string
}

interface ReceivedMetric {
  readonly name: string
  readonly unit: string
  readonly kind: 'gauge' | 'sum' | 'histogram'
  /** Attributes of each point with its value, or its count of values. */
  readonly points: readonly {
    readonly attributes: Readonly<Record<string, unknown>>
    readonly value: number
  }[]
}

/** Takes OTLP over HTTP as a collector does, and keeps it. */
export interface OtlpReceiver {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  readonly metrics: readonly ReceivedMetric[]
  /** Header of each delivery. */
  readonly headers: readonly Readonly<Record<string, unknown>>[]
  stop(): Promise<void>
}

export async function startOtlpReceiver(status = 200): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const metrics: ReceivedMetric[] = []
  const headers: Record<string, unknown>[] = []
  const server = createServer((req, res) => {
    const parts: Buffer[] = []
    req.on('data', (part: Buffer) => parts.push(part))
    req.on('end', () => {
      headers.push(req.headers)
      const message = read(Buffer.concat(parts))
      if (req.url === '/v1/traces') spans.push(...messages(message, 1).flatMap(spansOf))
      if (req.url === '/v1/metrics') metrics.push(...messages(message, 1).flatMap(metricsOf))
      res.writeHead(status, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metrics,
    headers,
    stop() {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function spansOf(resourceSpans: Message): ReceivedSpan[] {
  const [resource] = messages(resourceSpans, 1)
  const service = String(attributesOf(resource ?? new Map(), 1)['service.name'])
  return messages(resourceSpans, 2)
    .flatMap((scope) => messages(scope, 2))
    .map((span) => ({
      traceId: bytes(span, 1).toString('hex'),
      spanId: bytes(span, 2).toString('hex'),
      parentId: bytes(span, 4).toString('hex'),
      name: bytes(span, 5).toString(),
      kind: number(span, 6),
      startMs: Number(bytes(span, 7).readBigUInt64LE() / 1_000n) / 1_000,
      endMs: Number(bytes(span, 8).readBigUInt64LE() / 1_000n) / 1_000,
      attributes: attributesOf(span, 9),
      status: number(messages(span, 15)[0] ?? new Map(), 3),
      service,
    }))
}

const KINDS = [
  [5, 'gauge'],
  [7, 'sum'],
  [9, 'histogram'],
] as const

function metricsOf(resourceMetrics: Message): ReceivedMetric[] {
  return messages(resourceMetrics, 2)
    .flatMap((scope) => messages(scope, 2))
    .flatMap((metric) =>
      KINDS.flatMap(([field, kind]) =>
        messages(metric, field).map((data) => ({
          name: bytes(metric, 1).toString(),
          unit: bytes(metric, 3).toString(),
          kind,
          points: messages(data, 1).map((point) => ({
            attributes: attributesOf(point, kind === 'histogram' ? 9 : 7),
            value:
              kind === 'histogram'
                ? Number(bytes(point, 4).readBigUInt64LE())
                : bytes(point, 4).readDoubleLE(),
          })),
        })),
      ),
    )
}

function attributesOf(message: Message, field: number): Record<string, string | number | boolean> {
  return Object.fromEntries(
    messages(message, field).map((pair) => [bytes(pair, 1).toString(), valueOf(messages(pair, 2)[0])]),
  )
}

function valueOf(value: Message | undefined): string | number | boolean {
  if (value?.has(1)) return bytes(value, 1).toString()
  if (value?.has(2)) return number(value, 2) === 1
  if (value?.has(3)) return number(value, 3)
  return value?.has(4) ? bytes(value, 4).readDoubleLE() : ''
}

function messages(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).map((part) => read(part as Buffer))
}

function bytes(message: Message, field: number): Buffer {
  const [value] = message.get(field) ?? []
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
}

function number(message: Message, field: number): number {
  const [value] = message.get(field) ?? []
  return typeof value === 'number' ? value : 0
}

/** Protobuf's wire format: numbers of 32 and 64 bits are left as bytes. */
function read(buffer: Buffer): Message {
  const fields = new Map<number, Field[]>()
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = buffer.readUInt8(at++)
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  const take = (length: number): Buffer => buffer.subarray(at, (at += length))
  while (at < buffer.length) {
    const key = varint()
    const type = key & 7
    const value = type === 0 ? varint() : take(type === 1 ? 8 : type === 5 ? 4 : varint())
    const field = key >> 3
    fields.set(field, [...(fields.get(field) ?? []), value])
  }
  return fields
}
