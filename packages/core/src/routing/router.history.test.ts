import { describe, expect, it } from 'vitest'
import { everyHistory, type History } from '../../test/routing/histories.js'
import {
  apply,
  expectAlike,
  Known,
  playBoth,
  readAnswer,
  request,
  timeOf,
  trace,
} from '../../test/routing/history.js'
import { naiveStateOf, stateOf } from '../../test/routing/state.js'
import { lineKey } from '../../test/routing/naive-lines.js'
import type { Step } from '../../test/routing/naive-answer.js'
import type { NaiveRouter } from '../../test/routing/naive-router.js'
import { Router } from './router.js'
import type { NaiveRequest, NaiveTicket } from '../../test/routing/naive-records.js'

const BY_CHANCE: readonly string[] = ['random', 'power_of_two']

function startedAt(answer: unknown): string[] {
  const {
    kind,
    modelId: at,
    admitted,
  } = Object(answer) as { kind?: string; modelId?: string } & Partial<Step>
  const now = kind === 'admitted' && at !== undefined ? [at] : []
  return [...now, ...(admitted ?? []).map((admission) => admission.modelId)]
}

/** Those of them who stand in the line of a request. */
function overtaken(
  { fleet }: NaiveRouter,
  asked: NaiveRequest,
  among: readonly NaiveTicket[],
): readonly NaiveTicket[] {
  return among.filter((ticket) => lineKey(fleet, ticket.asked) === lineKey(fleet, asked))
}

/** The same history where nothing but age and priority says who is first, and what is free may be used by all. */
function withoutPrivileges({ options, models, steps }: History): History {
  const queue = { ...options.queue, aboveTarget: [], floors: {}, rescueMs: 0 }
  const policy = options.policy === 'bid' ? 'weighted_load' : options.policy
  const alike = steps.map(({ gapMs, command }) => {
    if (command.kind !== 'submit') return { gapMs, command }
    return { gapMs, command: { ...command, request: { ...command.request, tenant: 'one' } } }
  })
  return { options: { ...options, policy, queue }, models, steps: alike }
}

describe('any history of a router', () => {
  it('is answered as the naive router answers it, with the same loads, expiries and counters', () => {
    everyHistory((history) => {
      playBoth(history, (router, naive) => {
        expectAlike(stateOf(router), naiveStateOf(naive))
      })
    }, 600)
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
      const running = naive.fleet.leases.map(({ id }) => id)
      const given = router.close(nowMs).admitted
      expect(given).toEqual([])
      for (const id of running) expect(router.settle(id, 'completed', nowMs).settled).toBe(true)
      const before = router.counters()
      for (const id of running) expect(router.settle(id, 'completed', nowMs).settled).toBe(false)
      const after = router.counters()
      expect(after.duplicateSettles).toBe(before.duplicateSettles + running.length)
      expect(after.outcomes).toEqual(before.outcomes)
      expect([after.inFlight, after.waiting]).toEqual([0, 0])
      for (const { modelId, inFlight, queueDepth } of router.loads(nowMs)) {
        expect([inFlight, queueDepth]).toEqual([0, naive.fleet.model(modelId)?.externalQueue])
      }
    })
  })

  it('I3: only an end of the lease frees its slot, however long ago it was given', () => {
    everyHistory((history) => {
      const { router, naive, nowMs } = playBoth(history, () => undefined)
      const inFlight = naive.fleet.leases.length
      router.wake(nowMs + 1e12)
      expect(router.counters().inFlight).toBe(inFlight)
    })
  })

  it('I4: queues stay within their bounds, and nobody waits longer than it may once time is told', () => {
    everyHistory((history) => {
      playBoth(history, (router, naive, answer, command) => {
        const { kind, homeModelId } = Object(answer) as { kind?: string; homeModelId?: string }
        for (const load of router.loads(0)) {
          const ours = load.queueDepth - (naive.fleet.model(load.modelId)?.externalQueue ?? 0)
          expect(ours).toBeGreaterThanOrEqual(0)
          if (kind === 'queued' && load.modelId === homeModelId) {
            expect(ours).toBeLessThanOrEqual(load.maxQueue)
          }
        }
        // Prices are reckoned in `wake` only, so that nothing else is slow.
        const next = router.nextWakeMs()
        if (command.kind === 'wake' && next !== undefined) expect(next).toBeGreaterThan(naive.fleet.now)
        if ('admitted' in Object(answer)) {
          expect(naive.fleet.tickets.filter(({ expiresMs }) => expiresMs <= naive.fleet.now)).toEqual([])
        }
      })
    })
  })

  it('I5: between two steps no slot is free that somebody waiting could use, unless bids hold it back', () => {
    everyHistory((history) => {
      playBoth(history, (_router, naive) => {
        if (history.options.policy === 'bid') return
        expect(naive.fleet.tickets.filter((ticket) => naive.couldStart(ticket.asked))).toEqual([])
      })
    })
  })

  it('I5: no newcomer is admitted while somebody stands in its line', () => {
    everyHistory((history) => {
      playBoth(history, (_router, naive, answer) => {
        const { kind } = Object(answer) as { kind?: string }
        const newest = naive.fleet.leases.at(-1)
        if (kind !== 'admitted' || newest === undefined) return
        expect(overtaken(naive, newest.asked, naive.fleet.tickets)).toEqual([])
      })
    })
  })

  it('I5: those of one tenant who stand in one line are served as they came', () => {
    everyHistory((history) => {
      let before: readonly NaiveTicket[] = []
      playBoth(history, (_router, naive, answer) => {
        const { admitted } = Object(answer) as Partial<Step>
        for (const { ticketId } of admitted ?? []) {
          const served = before.find(({ id }) => id === ticketId)
          if (served === undefined) throw new Error(`ticket ${ticketId} was given a slot and did not wait`)
          const earlier = naive.fleet.tickets.filter(({ id }) => id < ticketId)
          const passed = overtaken(naive, served.asked, earlier)
          expect(passed.filter(({ asked }) => asked.tenant === served.asked.tenant)).toEqual([])
        }
        before = naive.fleet.tickets
      })
    })
  })

  it('I6: whoever has waited long enough is served before those more urgent that came later', () => {
    everyHistory((history) => {
      const plain = withoutPrivileges(history)
      const { ageingMs } = plain.options.queue
      const order = ({ asked, enqueuedMs }: NaiveTicket) => enqueuedMs + asked.rank * ageingMs
      let before: readonly NaiveTicket[] = []
      playBoth(plain, (_router, naive, answer) => {
        const { admitted } = Object(answer) as Partial<Step>
        for (const { ticketId } of admitted ?? []) {
          const served = before.find(({ id }) => id === ticketId)
          if (served === undefined) throw new Error(`ticket ${ticketId} was given a slot and did not wait`)
          for (const ticket of naive.fleet.tickets) {
            const { asked } = ticket
            const atEqual = { ...asked, priority: served.asked.priority }
            if (lineKey(naive.fleet, atEqual) !== lineKey(naive.fleet, served.asked)) continue
            expect(order(served)).toBeLessThanOrEqual(order(ticket))
          }
        }
        before = naive.fleet.tickets
      })
    })
  })

  it('I7: a model silent for too long reads as unknown and over target, and counts as full or slow', () => {
    everyHistory((history) => {
      const { router, naive, nowMs } = playBoth(history, (router, { fleet }) => {
        for (const load of router.loads(fleet.now)) {
          const model = fleet.model(load.modelId)
          const isStale = model !== undefined && fleet.isStale(model)
          expect(load.isStale).toBe(isStale)
          expect(load.utilization === null).toBe(isStale)
          if (isStale) expect(load.isOverTarget).toBe(true)
        }
      })
      const { fleet } = naive
      const ids = fleet.models.flatMap(({ id, isThere }) => (isThere ? [id] : []))
      const candidates = ids.map((modelId) => ({ modelId, score: 100 }))
      const probe = { requestId: 'probe', explain: true, maxWaitMs: 0, candidates }
      const answer = router.submit(probe, nowMs)
      const considered = ('decision' in answer ? answer.decision?.considered : undefined) ?? []
      expect(considered.map((terms) => terms.modelId)).toEqual(ids)
      for (const { modelId, utilization, terms, worth } of considered) {
        const model = fleet.model(modelId)
        if (model === undefined || model.maxConcurrent === 0 || !fleet.isStale(model)) continue
        expect(utilization).toBeNull()
        const { policy, loadWeight } = history.options
        if (policy === 'bid') expect(terms.serviceMs).toBeGreaterThanOrEqual(fleet.meanMs(model))
        if (policy === 'weighted_load') expect(terms.loadFactor).toBe((1 - loadWeight) * 0.8)
        // Of three with a slot one is not drawn, and is then not weighed at all.
        const isDrawnFrom = policy === 'power_of_two' && considered.length > 2
        if (isDrawnFrom) expect([-1, null]).toContain(worth)
        else if (policy === 'least_utilization' || policy === 'power_of_two') expect(worth).toBe(-1)
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
      const router = new Router(history.models, history.options)
      const known = new Known()
      let nowMs = 0
      history.steps.forEach((step, number) => {
        const { command } = step
        nowMs = timeOf(step, router, nowMs)
        if (command.kind !== 'submit') return known.note(apply(router, command, nowMs, known, number))
        const answer = router.submit(request(command, number), nowMs)
        known.note(readAnswer(answer))
        if (answer.kind !== 'admitted') return
        expect(answer.decision !== undefined).toBe(command.request.explain === true)
        if (answer.decision === undefined || BY_CHANCE.includes(history.options.policy)) return
        const open = answer.decision.considered.filter((terms) => terms.filteredBecause === undefined)
        const given = open.find((terms) => terms.modelId === answer.lease.modelId)
        expect(given?.worth).toBe(Math.max(...open.map((terms) => terms.worth ?? NaN)))
      })
    })
  })
})
