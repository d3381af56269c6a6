import { describe, expect, it } from 'vitest'
import {
  apply,
  everyHistory,
  Known,
  playBoth,
  readAnswer,
  request,
  trace,
} from '../../test/routing/history.js'
import { OPTIONS, type Step } from '../../test/routing/naive-router.js'
import { Router } from './router.js'

function startedAt(answer: unknown): string[] {
  const {
    kind,
    modelId: at,
    admitted,
  } = Object(answer) as { kind?: string; modelId?: string } & Partial<Step>
  const now = kind === 'admitted' && at !== undefined ? [at] : []
  return [...now, ...(admitted ?? []).map((admission) => admission.modelId)]
}

describe('any history of a router', () => {
  it('is answered as the naive router answers it, with the same loads, expiries and counters', () => {
    everyHistory((history) => {
      playBoth(history, (router, naive) => {
        const loads = router.loads(0)
        expect(loads.map((load) => load.modelId).sort()).toEqual(
          naive.models
            .filter((model) => model.isThere)
            .map(({ id }) => id)
            .sort(),
        )
        for (const load of loads) {
          expect(load.inFlight).toBe(naive.own(load.modelId))
          expect(load.queueDepth).toBe(naive.queued(load.modelId))
          expect(load.activeRequests - load.inFlight).toBe(naive.model(load.modelId)?.external)
          expect(load.isOverloaded).toBe(load.activeRequests >= load.maxConcurrent)
          const health = naive.model(load.modelId)?.health
          const isOpen = health?.kind === 'open'
          const isClosed = health !== undefined && naive.now < health.closedUntilMs
          expect(load).toMatchObject({
            breaker: health?.kind,
            breakerUntilMs: isOpen ? health.untilMs : null,
            closedUntilMs: isClosed ? health.closedUntilMs : null,
            usableSlots: load.maxConcurrent === 0 ? 0 : health?.usableSlots(load.maxConcurrent),
          })
        }
        expect(router.nextWakeMs()).toBe(naive.nextWakeMs())
        const { outcomes, ...rest } = router.counters()
        for (const [outcome, count] of Object.entries(outcomes)) {
          expect(count).toBe(naive.ended.filter((name) => name === outcome).length)
        }
        expect(rest).toEqual({
          submitted: naive.submitted,
          duplicateSettles: naive.duplicateSettles,
          inFlight: naive.leases.length,
          waiting: naive.tickets.length,
        })
      })
    })
  })

  it('I1: starts nothing at a model beyond its limit, and never counts below zero', () => {
    everyHistory((history) => {
      playBoth(history, (router, _naive, answer) => {
        const started = startedAt(answer)
        for (const load of router.loads(0)) {
          expect(load.inFlight).toBeGreaterThanOrEqual(0)
          if (started.includes(load.modelId)) {
            expect(load.activeRequests).toBeLessThanOrEqual(load.maxConcurrent)
          }
        }
      })
    })
  })

  it('I2, I4: every submit ends exactly once, and at every instant submitted = ended + in flight + waiting', () => {
    everyHistory((history) => {
      const { router, naive, nowMs } = playBoth(history, (router) => {
        const { submitted, outcomes, inFlight, waiting } = router.counters()
        const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
        expect(ended + inFlight + waiting).toBe(submitted)
      })
      const running = naive.leases.map(({ id }) => id)
      const given = router.close(nowMs).admitted
      expect(given).toEqual([])
      for (const id of running) expect(router.settle(id, 'completed', nowMs).settled).toBe(true)
      const before = router.counters()
      for (const id of running) expect(router.settle(id, 'completed', nowMs).settled).toBe(false)
      const after = router.counters()
      expect(after.duplicateSettles).toBe(before.duplicateSettles + running.length)
      expect(after.outcomes).toEqual(before.outcomes)
      expect([after.inFlight, after.waiting]).toEqual([0, 0])
      for (const load of router.loads(nowMs)) expect([load.inFlight, load.queueDepth]).toEqual([0, 0])
    })
  })

  it('I3: only an end of the lease frees its slot, however long ago it was given', () => {
    everyHistory((history) => {
      const { router, naive, nowMs } = playBoth(history, () => undefined)
      const inFlight = naive.leases.length
      router.wake(nowMs + 1e12)
      expect(router.counters().inFlight).toBe(inFlight)
    })
  })

  it('I4: queues stay within their bounds, and nobody waits longer than it may once time is told', () => {
    everyHistory((history) => {
      playBoth(history, (router, naive, answer, command) => {
        const { kind, homeModelId } = Object(answer) as { kind?: string; homeModelId?: string }
        for (const load of router.loads(0)) {
          if (kind === 'queued' && load.modelId === homeModelId) {
            expect(load.queueDepth).toBeLessThanOrEqual(load.maxQueue)
          }
        }
        const tellsTime = !['submit', 'cancel', 'first_token'].includes(command.kind) && answer !== undefined
        const next = router.nextWakeMs()
        if (tellsTime && next !== undefined) expect(next).toBeGreaterThan(naive.now)
      })
    })
  })

  it('I5: between two steps no slot is free that somebody waiting accepts, so a newcomer cannot overtake', () => {
    everyHistory((history) => {
      playBoth(history, (_router, naive) => {
        const idledFor = naive.tickets.filter(({ accepts }) =>
          accepts.some((id) => naive.free(id, accepts) > 0),
        )
        expect(idledFor).toEqual([])
      })
    })
  })

  it('I5: those who accept the same models are served in the order they came', () => {
    everyHistory((history) => {
      const acceptedBy = new Map<number, string>()
      playBoth(history, (_router, naive, answer) => {
        const { admitted } = Object(answer) as Partial<Step>
        for (const { ticketId } of admitted ?? []) {
          const set = acceptedBy.get(ticketId)
          const earlier = naive.tickets.filter(
            (other) => other.id < ticketId && acceptedBy.get(other.id) === set,
          )
          expect(earlier).toEqual([])
        }
        for (const ticket of naive.tickets) acceptedBy.set(ticket.id, [...ticket.accepts].sort().join())
      })
    })
  })

  it('I7: a model silent for too long reads as unknown and over target, and weighs as full', () => {
    everyHistory((history) => {
      const { router, naive, nowMs } = playBoth(history, (router, naive) => {
        for (const load of router.loads(naive.now)) {
          const model = naive.model(load.modelId)
          const isStale = model !== undefined && naive.isStale(model)
          expect(load.isStale).toBe(isStale)
          expect(load.utilization === null).toBe(isStale)
          if (isStale) expect(load.isOverTarget).toBe(true)
        }
      })
      const ids = naive.models.flatMap(({ id, isThere }) => (isThere ? [id] : []))
      const stale = naive.models
        .filter((model) => naive.isStale(model) && model.maxConcurrent > 0)
        .map(({ id }) => id)
      const probe = { requestId: 'probe', explain: true, maxWaitMs: 0 }
      const answer = router.submit(
        { ...probe, candidates: ids.map((id) => ({ modelId: id, score: 100 })) },
        nowMs,
      )
      const considered = ('decision' in answer ? answer.decision?.considered : undefined) ?? []
      expect(considered.map((terms) => terms.modelId)).toEqual(ids)
      for (const terms of considered) {
        if (!stale.includes(terms.modelId)) continue
        expect(terms).toMatchObject({
          utilization: null,
          terms: { loadFactor: (1 - OPTIONS.loadWeight) * 0.8 },
        })
      }
    })
  })

  it('I8: gives the same trace when it is played again', () => {
    everyHistory((history) => {
      expect(trace(history)).toBe(trace(history))
    })
  })

  it('is explained by terms whose greatest among those not filtered is the model that was given', () => {
    everyHistory((history) => {
      const router = new Router(history.models, OPTIONS)
      const known = new Known()
      let nowMs = 0
      history.steps.forEach(({ gapMs, command }, number) => {
        nowMs = Math.max(0, nowMs + gapMs)
        if (command.kind !== 'submit') return known.note(apply(router, command, nowMs, known, number))
        const answer = router.submit(request(command, number), nowMs)
        known.note(readAnswer(answer))
        if (answer.kind !== 'admitted') return
        const open = (answer.decision?.considered ?? []).filter(
          (terms) => terms.filteredBecause === undefined,
        )
        const given = open.find((terms) => terms.modelId === answer.lease.modelId)
        expect(given?.worth).toBe(Math.max(...open.map((terms) => terms.worth ?? NaN)))
      })
    })
  })
})
