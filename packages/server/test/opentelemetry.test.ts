import type { IncomingHttpHeaders } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from './otlp-receiver.js'
import { serve, stop, temporaryFolder } from './processes.js'
import { configOf, quietInstance } from './rig.js'
import { answering, failing, startUpstream, type ScriptedUpstream } from './scripted-upstream.js'

const SERVER = 2
const CLIENT = 3
const ERROR = 2
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'

let receiver: OtlpReceiver
let upstream: ScriptedUpstream
/** Headers with which the backend was called. */
let seen: IncomingHttpHeaders[]
beforeEach(async () => {
  receiver = await startOtlpReceiver()
  seen = []
  const answer = answering('the answer')
  upstream = await startUpstream((req, res) => {
    seen.push(req.headers)
    answer(req, res)
  })
})
afterEach(async () => {
  await upstream.stop()
  await receiver.stop()
})

function yamlOf(telemetry = `otlp_endpoint: '${receiver.url}'`, models = ''): string {
  return `
models:
  - { id: m, alias: chat, base_url: '${upstream.url}', upstream_model: served, max_concurrent: 2, capabilities: { general: 0.5 } }
${models}
agents: [{ id: a, capabilities: [general] }]
telemetry: { ${telemetry} }
`
}

const instanceOf = (yaml: string): Promise<Instance> => quietInstance(configOf(yaml))

async function ask(
  url: string,
  headers: Record<string, string> = {},
  fields: object = {},
): Promise<Response> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model: 'chat',
      messages: [{ role: 'user', content: 'a private question' }],
      ...fields,
    }),
  })
  await response.text()
  return response
}

const ofKind = (kind: number): ReceivedSpan[] => receiver.spans.filter((span) => span.kind === kind)

describe('traces', () => {
  it('hang a span per request on the client’s, one per call of a model on that, and the model on the call', async () => {
    const instance = await instanceOf(yamlOf())
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=1', 'x-agent-id': 'a' }
    await ask(instance.url, { ...headers, 'x-request-id': 'the-request' }, { stream: true })
    await instance.stop()
    const [server] = ofKind(SERVER)
    const [client] = ofKind(CLIENT)
    expect(receiver.spans).toHaveLength(2)
    expect(server).toMatchObject({
      traceId: TRACE,
      parentId: PARENT,
      name: 'POST /v1/chat/completions',
      status: 0,
    })
    expect(client).toMatchObject({ traceId: TRACE, parentId: server?.spanId, name: 'chat served', status: 0 })
    expect(seen[0]?.['traceparent']).toBe(`00-${TRACE}-${client?.spanId}-01`)
    expect(seen[0]?.['tracestate']).toBe('vendor=1')
    expect(server?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'loadstar.request.id': 'the-request',
      'loadstar.outcome': 'completed',
      'gen_ai.agent.id': 'a',
      'gen_ai.request.model': 'chat',
    })
    expect(client?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'served',
      'gen_ai.request.stream': true,
      'server.address': '127.0.0.1',
      'loadstar.model.id': 'm',
    })
    expect(client?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0)
    expect(client?.startMs).toBeGreaterThanOrEqual(server?.startMs ?? Infinity)
    // The call's slot is settled before the answer's end is written.
    expect(client?.endMs).toBeLessThanOrEqual((server?.endMs ?? 0) + 1)
    expect(server?.service).toBe('loadstar')
  })

  it('carry nothing of what was asked or answered', async () => {
    const instance = await instanceOf(yamlOf())
    await ask(instance.url, { authorization: 'Bearer sk-client-secret' })
    await instance.stop()
    const text = JSON.stringify(receiver.spans)
    expect(text).toContain('loadstar.outcome')
    for (const word of ['private question', 'the answer', 'sk-client-secret'])
      expect(text).not.toContain(word)
  })

  it('begin here where the client has none, and mark failed calls, not the request that was served after all', async () => {
    const broken = await startUpstream(failing(500))
    const worse = `  - { id: b, alias: chat, base_url: '${broken.url}', max_concurrent: 2, capabilities: { general: 1 } }`
    const instance = await instanceOf(yamlOf(undefined, worse))
    expect((await ask(instance.url, { 'x-agent-id': 'a' })).status).toBe(200)
    await instance.stop()
    await broken.stop()
    const [server] = ofKind(SERVER)
    const calls = ofKind(CLIENT).sort((a, b) => a.startMs - b.startMs)
    expect(server).toMatchObject({ parentId: '', status: 0 })
    expect(calls.map(({ status, parentId }) => [status, parentId])).toEqual([
      [ERROR, server?.spanId],
      [0, server?.spanId],
    ])
    expect(calls[0]?.attributes['error.type']).toBe('upstream_error')
    expect(server?.attributes['loadstar.attempts']).toBe(2)
  })

  it('tell of requests that were turned away at the door', async () => {
    const instance = await instanceOf(yamlOf())
    expect((await ask(instance.url, {}, { model: 'nobody' })).status).toBe(404)
    await instance.stop()
    expect(receiver.spans).toMatchObject([
      {
        kind: SERVER,
        status: 0,
        attributes: { 'loadstar.outcome': 'refused_at_door', 'http.response.status_code': 404 },
      },
    ])
  })

  it('are not recorded where the client says so or the share is none, and travel on all the same', async () => {
    const instance = await instanceOf(yamlOf(`otlp_endpoint: '${receiver.url}', trace_sample_share: 0`))
    await ask(instance.url, { traceparent: `00-${TRACE}-${PARENT}-00` })
    await ask(instance.url)
    await instance.stop()
    expect(receiver.spans).toEqual([])
    expect(seen[0]?.['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`))
    expect(seen[1]?.['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  })

  it('come from worker processes as well, by the endpoint of the environment', async () => {
    const folder = temporaryFolder()
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url)
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-tenant=t1')
    vi.stubEnv('OTEL_SERVICE_NAME', 'our-router')
    const gateway = await serve(folder.path, yamlOf('max_agents: 5'), 2)
    vi.unstubAllEnvs()
    await ask(gateway.url)
    await stop(gateway)
    folder.remove()
    expect(receiver.spans).toMatchObject([{ service: 'our-router' }, { service: 'our-router' }])
    expect(receiver.headers[0]?.['x-tenant']).toBe('t1')
    const requests = receiver.metrics.find(({ name }) => name === 'loadstar.requests')
    expect(requests?.points.reduce((sum, { value }) => sum + value, 0)).toBe(1)
  })
})

describe('metrics by OTLP', () => {
  it('are those of /metrics, by the names of the semantic conventions where there are some', async () => {
    const instance = await instanceOf(yamlOf())
    await ask(instance.url, { 'x-agent-id': 'a' }, { stream: true })
    await instance.stop()
    const find = (wanted: string) => receiver.metrics.find(({ name }) => name === wanted)
    for (const name of [
      'gen_ai.client.operation.duration',
      'gen_ai.server.request.duration',
      'gen_ai.server.time_to_first_token',
    ]) {
      expect(find(name), name).toMatchObject({
        kind: 'histogram',
        unit: 's',
        points: [
          {
            attributes: {
              'gen_ai.operation.name': 'chat',
              'gen_ai.provider.name': 'openai',
              'gen_ai.request.model': 'm',
            },
            value: 1,
          },
        ],
      })
    }
    expect(find('gen_ai.client.token.usage')).toMatchObject({ kind: 'histogram', unit: '{token}' })
    // Told once, not by two names.
    expect(find('loadstar.request_duration')).toBeUndefined()
    expect(find('loadstar.in_flight_requests')).toMatchObject({ kind: 'gauge', points: [{ value: 0 }] })
    const completed = find('loadstar.requests')?.points.filter(
      ({ attributes }) => attributes['outcome'] === 'completed',
    )
    expect(completed?.map(({ value }) => value)).toContain(1)
  })
})

describe('without a working collector', () => {
  it('nothing is sent, and the client’s trace travels on unchanged, where no endpoint is configured', async () => {
    const instance = await instanceOf(yamlOf('max_agents: 5'))
    const traceparent = `00-${TRACE}-${PARENT}-01`
    await ask(instance.url, { traceparent })
    await instance.stop()
    expect(receiver.headers).toEqual([])
    expect(seen[0]?.['traceparent']).toBe(traceparent)
  })

  it('requests are served and the instance stops as ever', async () => {
    const instance = await instanceOf(yamlOf(`otlp_endpoint: 'http://127.0.0.1:1'`))
    expect((await ask(instance.url)).status).toBe(200)
    await instance.stop()
    expect(instance.snapshot().completed).toBe(1)
  })
})
