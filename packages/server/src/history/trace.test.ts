import { simulate, Workload } from '@loadstar/core'
import { expect, it } from 'vitest'
import { traceOf, type Recorded } from './trace.js'

function recorded(atMs: number, fields: Partial<Recorded> = {}): Recorded {
  return {
    at_ms: atMs,
    asked_model: 'auto',
    agent_id: 'coder',
    task: null,
    priority: 'default',
    model_id: 'a',
    outcome: 'completed',
    total_ms: 100,
    queue_ms: 0,
    service_ms: 100,
    first_byte_ms: 25,
    input_tokens: 10,
    output_tokens: 20,
    considered: {
      policy: 'bid',
      explored: false,
      margin: 1,
      models: [
        ['a', 90, 0, 90, null],
        ['b', 80, 0, 80, null],
      ],
      omitted: 0,
    },
    ...fields,
  }
}

const BASE_MS = 1_763_900_000_000

it('requests come as many and when they came, whatever their order in the file', () => {
  const times = [0, 3.5, 3.5, 40, 1_000]
  const records = times.map((time) => recorded(BASE_MS + time)).reverse()
  const { scenario, leftOut } = traceOf(records, [])
  expect(leftOut).toBe(0)
  const workload = new Workload(scenario, 0)
  const arrivals = times.map(() => workload.next())
  expect(arrivals.map((arrival) => arrival?.atMs)).toEqual(times)
  expect(arrivals.map((arrival) => arrival?.outputTokens)).toEqual(times.map(() => 20))
  expect(workload.next()).toBeUndefined()
  expect(simulate(scenario).overall.outcomes.completed).toBe(times.length)
})

it('a model takes as long as its answers took, and has the slots of the configuration, else those seen in use', () => {
  const records = [0, 50, 200].map((time) => recorded(BASE_MS + time))
  const { scenario } = traceOf(records, [{ id: 'b', maxConcurrent: 7, maxQueue: 3, targetUtilization: 0.5 }])
  const service = { kind: 'drawn', ms: { kind: 'log_normal_mean', mean: 100, cv: 0 }, firstTokenShare: 0.25 }
  expect(scenario.models).toMatchObject([
    { id: 'a', maxConcurrent: 2, service },
    { id: 'b', maxConcurrent: 7, maxQueue: 3, targetUtilization: 0.5, service },
  ])
})

it('who was turned away may be served by whom others of its kind could; who is like nobody, and who needed no model, is left out', () => {
  const away = { considered: null, model_id: null, service_ms: null, outcome: 'rejected_queue_full' }
  const records = [
    recorded(BASE_MS),
    recorded(BASE_MS + 1, away),
    recorded(BASE_MS + 2, { ...away, agent_id: 'nobody' }),
    recorded(BASE_MS + 3, { ...away, asked_model: null, outcome: 'refused_at_door' }),
    recorded(BASE_MS + 4, { ...away, model_id: 'a', outcome: 'cached' }),
  ]
  const { scenario, leftOut } = traceOf(records, [])
  expect(leftOut).toBe(3)
  expect(simulate(scenario).overall.arrived).toBe(2)
})
