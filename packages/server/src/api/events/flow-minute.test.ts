import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FlowMinute } from './flow-minute.js'

describe('the flows of the last minute', () => {
  it('count what ended within it, give or take five seconds, the largest first', () => {
    const request = fc.record({
      agent: fc.constantFrom('a', 'b', null),
      model: fc.constantFrom('m', 'n'),
      afterMs: fc.nat(9_000),
    })
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
        const flows = new FlowMinute()
        let nowMs = 1_000_000
        const ended = requests.map(({ agent, model, afterMs }) => {
          flows.add(agent, model, (nowMs += afterMs))
          return { agent, model, atMs: nowMs }
        })
        const told = flows.largest(100, nowMs)
        const countOf = (flow: (typeof told)[number], withinMs: number) =>
          ended.filter(
            ({ agent, model, atMs }) =>
              agent === flow.agent && model === flow.model && atMs > nowMs - withinMs,
          ).length
        for (const flow of told) {
          expect(flow.requests).toBeGreaterThanOrEqual(countOf(flow, 55_000))
          expect(flow.requests).toBeLessThanOrEqual(countOf(flow, 65_000))
        }
        const sizes = told.map((flow) => flow.requests)
        expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
        const latest = ended.at(-1)
        if (latest) expect(told).toContainEqual(expect.objectContaining({ agent: latest.agent }))
      }),
    )
  })

  it('tell the largest where there are too many', () => {
    const flows = new FlowMinute()
    for (let i = 0; i < 50; i++) {
      for (let times = 0; times <= i; times++) flows.add(`a${i}`, 'm', 0)
    }
    expect(flows.largest(2, 0)).toEqual([
      { agent: 'a49', model: 'm', requests: 50 },
      { agent: 'a48', model: 'm', requests: 49 },
    ])
  })
})
