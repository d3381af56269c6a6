import { Router } from '@loadstar/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FleetFrames } from './fleet-frames.js'

interface FleetData {
  readonly is_full: boolean
  readonly models: readonly { readonly id: string }[]
}

const limits = (id: string, maxConcurrent: number) => ({
  id,
  maxConcurrent,
  maxQueue: 4,
  targetUtilization: 0.8,
})

const IDS = ['a', 'b', 'c', 'd']
const step = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), id: fc.constantFrom(...IDS), slots: fc.nat(3) }),
  fc.record({ kind: fc.constant('remove' as const), id: fc.constantFrom(...IDS) }),
  fc.record({ kind: fc.constant('submit' as const), id: fc.constantFrom(...IDS) }),
  fc.record({ kind: fc.constant('read' as const) }),
  fc.record({ kind: fc.constant('look' as const), client: fc.nat(2) }),
)

describe('frames of the fleet', () => {
  it('let a client that is told of changes only know what one knows that is told all, however seldom it is told', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const router = new Router([limits('a', 2)])
        const frames = new FleetFrames({
          catalog: { model: () => undefined },
          live: { loads: () => router.loads(0), counters: () => router.counters() },
          pulses: { all: () => NOTHING, model: () => NOTHING },
          activeAlerts: () => 0,
          flows: () => [],
          clock: () => 0,
        })
        const clients = [0, 1, 2].map(() => ({ seen: 0, models: new Map<string, object>() }))
        frames.read()
        for (const one of steps) {
          if (one.kind === 'put') router.setModel(limits(one.id, one.slots), 0)
          if (one.kind === 'remove') router.removeModel(one.id, 0)
          if (one.kind === 'submit')
            router.submit({ requestId: 'r', candidates: [{ modelId: one.id, score: 50 }] }, 0)
          if (one.kind === 'read') frames.read()
          const client = clients[one.kind === 'look' ? one.client : -1]
          if (client === undefined) continue
          const data = JSON.parse(frames.since(client.seen)) as FleetData
          if (data.is_full) client.models.clear()
          for (const model of data.models) client.models.set(model.id, model)
          client.seen = frames.frame
          const full = JSON.parse(frames.since(0)) as FleetData
          expect(full.is_full).toBe(true)
          expect(client.models).toEqual(new Map(full.models.map((model) => [model.id, model])))
        }
      }),
    )
  })

  it('send nothing of a model to which nothing happened', () => {
    const router = new Router([limits('a', 2), limits('b', 2)])
    const frames = new FleetFrames({
      catalog: { model: () => undefined },
      live: { loads: () => router.loads(0), counters: () => router.counters() },
      pulses: { all: () => NOTHING, model: () => NOTHING },
      activeAlerts: () => 3,
      flows: () => [{ agent: null, model: 'a', requests: 1 }],
      clock: () => 0,
    })
    frames.read()
    const { frame } = frames
    router.submit({ requestId: 'r', candidates: [{ modelId: 'a', score: 50 }] }, 0)
    frames.read()
    expect(JSON.parse(frames.since(frame))).toMatchObject({
      at: '1970-01-01T00:00:00.000Z',
      is_full: false,
      models: [{ id: 'a', in_flight: 1, max_concurrent: 2, target_slots: 1, utilization: 0.5 }],
      fleet: { in_flight: 1, queued: 0, active_alerts: 3 },
      flows: [{ agent: null, model: 'a', requests: 1 }],
    })
  })
})

const NOTHING = {
  requestsPerSecond: 0,
  tokensPerSecond: 0,
  successRate: null,
  avgMs: null,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
}
