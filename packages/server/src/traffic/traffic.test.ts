import { getEventListeners } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { startFleet, type Fleet } from '../fleet/fleet.js'
import type { RunningModelServer } from '../fleet/model-server.js'
import { seededRandom } from '@loadstar/core'
import { parseFleet } from '../fleet/spec.js'
import { runClosedLoop } from './closed-loop.js'
import { startOpenLoop } from './open-loop.js'
import { agentWorkload, type RequestPlan, type Workload } from './plan.js'
import type { FailureKind } from './result.js'

const fleets: Fleet[] = []
const servers: Server[] = []

async function start(model: object): Promise<RunningModelServer> {
  const base = { id: 'm', max_concurrent: 20, latency: { median_ms: 5 }, tokens_per_second: 10_000 }
  const fleet = await startFleet(parseFleet({ models: [{ ...base, ...model }] }, 'test'))
  fleets.push(fleet)
  return fleet.server('m')
}

/** A server that answers every request with the same status, headers and body. */
async function startFixed(status: number, headers: Record<string, string>, body: string): Promise<string> {
  const server = createServer((req, res) => {
    req.resume()
    res.writeHead(status, headers).end(body)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

afterEach(async () => {
  await Promise.all(fleets.splice(0).map((fleet) => fleet.close()))
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

function always(plan: RequestPlan): Workload {
  return () => plan
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('a closed loop', () => {
  test('sends exactly the requests asked for, whole and streamed, and counts them as the server does', async () => {
    const server = await start({})
    const workload = agentWorkload({
      baseUrl: server.baseUrl,
      random: seededRandom(3),
      model: 'm',
      streamShare: 0.5,
    })
    const report = await runClosedLoop({ workload, clients: 10, requests: 120 })
    expect(report).toMatchObject({ sent: 120, succeeded: 120, failed: 0, left: 0, stopped: 0 })
    expect(report.byStatus).toEqual({ '2xx': 120 })
    expect(report.streams.complete).toBe(report.streams.answered)
    expect(report.streams.complete).toBeGreaterThan(30)
    expect(report.streams.complete).toBeLessThan(90)
    expect(report.latencyMs.count).toBe(120)
    expect(report.peakInFlight).toBe(10)
    const stats = server.stats()
    expect(stats).toMatchObject({ served: 120, active: 0 })
    expect(stats.peakConcurrency).toBeLessThanOrEqual(10)
  })

  test('ends by itself after its duration', async () => {
    const server = await start({})
    const workload = always({ baseUrl: server.baseUrl, model: 'm', isStream: true })
    const report = await runClosedLoop({ workload, clients: 4, durationMs: 150 })
    expect(report.succeeded).toBe(report.sent)
    expect(report.sent).toBeGreaterThan(3)
    expect(server.stats().active).toBe(0)
  })

  test('has clients leave mid-stream in the share asked for, and the server sees them go', async () => {
    const server = await start({ output_tokens: 200, tokens_per_second: 200 })
    const workload = agentWorkload({
      baseUrl: server.baseUrl,
      random: seededRandom(1),
      model: 'm',
      leaveShare: 0.4,
    })
    const report = await runClosedLoop({ workload, clients: 20, requests: 60 })
    expect(report.left).toBeGreaterThan(10)
    expect(report.left + report.succeeded).toBe(60)
    await until(() => server.stats().active === 0)
    expect(server.stats()).toMatchObject({ aborted: report.left, served: report.succeeded })
  })

  test('stopped by its signal, ends with every request accounted for', async () => {
    const server = await start({ faults: { stall: 1 } })
    const stop = new AbortController()
    const workload = always({ baseUrl: server.baseUrl, model: 'm', isStream: true })
    const run = runClosedLoop({ workload, clients: 5, requests: 1000, signal: stop.signal })
    await until(() => server.stats().active === 5)
    stop.abort()
    expect(await run).toMatchObject({ sent: 5, stopped: 5, failed: 0, succeeded: 0 })
    await until(() => server.stats().active === 0)
  })

  test.each<[FailureKind, object, boolean]>([
    ['server_error', { faults: { error: 1 } }, true],
    ['server_error', { faults: { error: 1 } }, false],
    ['cut', { faults: { cut: 1 } }, true],
    ['cut', { faults: { cut: 1 } }, false],
    ['nonsense', { faults: { nonsense: 1 } }, true],
    ['nonsense', { faults: { nonsense: 1 } }, false],
    ['timeout', { faults: { stall: 1 } }, true],
    ['client_error', { id: 'm' }, false],
  ])('tells %s apart (%j, stream: %s)', async (kind, model, isStream) => {
    const server = await start(model)
    const asked = kind === 'client_error' ? 'unknown' : 'm'
    const workload = always({ baseUrl: server.baseUrl, model: asked, isStream })
    const report = await runClosedLoop({ workload, clients: 2, requests: 4, timeoutMs: 400 })
    expect(report).toMatchObject({ sent: 4, failed: 4, succeeded: 0 })
    expect(report.failures[kind]).toBe(4)
    expect(report.latencyMs).toMatchObject({ count: 0, p50: null })
  })

  test.each<[FailureKind, number]>([
    ['rejected', 429],
    ['unavailable', 503],
    ['gateway_timeout', 504],
    ['server_error', 502],
  ])('tells %s apart by status %i', async (kind, status) => {
    const baseUrl = await startFixed(status, { 'content-type': 'application/json' }, '{}')
    const workload = always({ baseUrl, model: 'm', isStream: true })
    const report = await runClosedLoop({ workload, clients: 1, requests: 2 })
    expect(report.failures[kind]).toBe(2)
  })

  test('tells an error event and a missing [DONE] from a whole stream, and who served it', async () => {
    const headers = { 'content-type': 'text/event-stream', 'x-loadstar-model': 'north' }
    const event = 'data: {"choices":[]}\n\n'
    const run = async (body: string) => {
      const baseUrl = await startFixed(200, headers, body)
      const workload = always({ baseUrl, model: 'auto', isStream: true })
      return runClosedLoop({ workload, clients: 1, requests: 1 })
    }
    const whole = await run(`${event}data: [DONE]\n\n`)
    const open = await run(event)
    const broken = await run(`${event}data: {"error":{"message":"gone"}}\n\n`)
    expect(whole).toMatchObject({
      succeeded: 1,
      byModel: { north: { requests: 1, succeeded: 1, failed: 0 } },
    })
    expect(open.failures.cut).toBe(1)
    expect(broken.failures.error_event).toBe(1)
    expect(broken.byModel).toEqual({ north: { requests: 1, succeeded: 0, failed: 1 } })
  })

  test('tells a server that is not there', async () => {
    const server = await start({})
    await server.close()
    const workload = always({ baseUrl: server.baseUrl, model: 'm', isStream: false })
    const report = await runClosedLoop({ workload, clients: 1, requests: 1 })
    expect(report.failures.connection).toBe(1)
    expect(report.byStatus).toEqual({ none: 1 })
  })

  test('refuses to run for ever or with nobody', async () => {
    const workload = always({ baseUrl: 'http://127.0.0.1:9/v1', model: 'm', isStream: false })
    await expect(runClosedLoop({ workload, clients: 1 })).rejects.toThrow('give requests, durationMs or both')
    await expect(runClosedLoop({ workload, clients: 0, requests: 1 })).rejects.toThrow('clients must be')
  })
})

describe('a signal used for many runs', () => {
  test('carries no listener of a run that has ended', async () => {
    const { baseUrl } = await start({})
    const { signal } = new AbortController()
    const options = { workload: () => ({ baseUrl, model: 'm', isStream: false }), signal }
    await runClosedLoop({ ...options, clients: 2, requests: 4 })
    const running = startOpenLoop({ ...options, ratePerSecond: 100, random: seededRandom(1) })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await running.stop()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe('an open loop', () => {
  test('sends about rate × time requests, and stop waits for those under way', async () => {
    const server = await start({ max_concurrent: 200, latency: { median_ms: 100, sigma: 0 } })
    const workload = always({ baseUrl: server.baseUrl, model: 'm', isStream: true })
    const traffic = startOpenLoop({ workload, ratePerSecond: 200, random: seededRandom(6) })
    await until(() => traffic.report().sent >= 100)
    const report = await traffic.stop()
    expect(report.succeeded).toBe(report.sent)
    expect(report.peakInFlight).toBeGreaterThan(1)
    expect(report.sent / (report.elapsedMs / 1000)).toBeLessThan(400)
    expect(server.stats()).toMatchObject({ active: 0, served: report.sent })
  })

  test('skips and counts arrivals beyond its bound', async () => {
    const server = await start({ faults: { stall: 1 } })
    const stop = new AbortController()
    const workload = always({ baseUrl: server.baseUrl, model: 'm', isStream: true })
    const traffic = startOpenLoop({
      workload,
      ratePerSecond: () => 500,
      random: seededRandom(6),
      maxInFlight: 3,
      signal: stop.signal,
    })
    await until(() => traffic.report().skipped > 10)
    stop.abort()
    expect(await traffic.stop()).toMatchObject({ sent: 3, stopped: 3, peakInFlight: 3 })
  })
})

describe('agentWorkload', () => {
  const agents = [
    { id: 'a', weight: 3 },
    { id: 'b', isNamedInModel: true },
    { id: 'c', model: 'chat' },
  ]
  const take = (seed: number, count: number, leaveShare = 0): RequestPlan[] => {
    const workload = agentWorkload({
      baseUrl: 'u',
      random: seededRandom(seed),
      agents,
      streamShare: 0.5,
      leaveShare,
    })
    return Array.from({ length: count }, (_, index) => workload(index))
  }

  test('addresses each agent in its way, by weight', () => {
    const ways = new Map<string, number>()
    for (const { model, agentId } of take(1, 5000)) {
      const way = `${model} ${agentId ?? '-'}`
      ways.set(way, (ways.get(way) ?? 0) + 1)
    }
    expect([...ways.keys()].sort()).toEqual(['agent/b -', 'auto a', 'chat c'])
    expect((ways.get('auto a') ?? 0) / 5000).toBeCloseTo(0.6, 1)
    expect((ways.get('chat c') ?? 0) / 5000).toBeCloseTo(0.2, 1)
  })

  test('plans the same from the same seed, and leavers change nobody else', () => {
    expect(take(4, 200)).toEqual(take(4, 200))
    const stayers = take(4, 200, 0.3).filter((plan) => plan.leaveAfterPieces === undefined)
    expect(stayers.length).toBeLessThan(200)
    expect(take(4, 200)).toEqual(expect.arrayContaining(stayers))
    expect(take(4, 200, 0.3).map((plan) => plan.model)).toEqual(take(4, 200).map((plan) => plan.model))
  })
})
