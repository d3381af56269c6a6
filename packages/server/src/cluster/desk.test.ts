import { Router, type Candidate } from '@loadstar/core'
import { describe, expect, it } from 'vitest'
import { LocalAdmission } from '../gateway/local-admission.js'
import { Desk } from './desk.js'
import type { ToWorker } from './message.js'
import { Shelf } from './shelf.js'

const CANDIDATES: readonly Candidate[] = [{ modelId: 'm', score: 50 }]
const request = (requestId: string) => ({ requestId })
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Two desks at one router with one slot. */
function world() {
  const model = { id: 'm', maxConcurrent: 1, maxQueue: 8, targetUtilization: 1 }
  const router = new Router([model], { policy: 'weighted_load' })
  const admission = new LocalAdmission(router, () => 1)
  const shelf = new Shelf()
  const logged: string[] = []
  const deskOf = (owner: string) => {
    const told: ToWorker[] = []
    const log = { error: (_fields: object, message: string) => void logged.push(message) }
    const desk = new Desk({ admission, owner, shelf, reply: (message) => void told.push(message), log })
    return { desk, told }
  }
  return { router, one: deskOf('one'), two: deskOf('two'), logged }
}

describe('a desk', () => {
  it('serves those of all workers in the order they came', async () => {
    const { one, two } = world()
    one.desk.receive(['enter', 1, CANDIDATES, request('a')])
    two.desk.receive(['enter', 1, CANDIDATES, request('b')])
    one.desk.receive(['enter', 2, CANDIDATES, request('c')])
    one.desk.receive(['settle', 1, 'completed', {}])
    await turn()
    expect(two.told).toEqual([['granted', 1, 2, 'm', 0, null, null]])
    expect(one.told).toEqual([['granted', 1, 1, 'm', 0, null, null]])
  })

  it('frees a slot once, however often its lease is settled', async () => {
    const { router, one, two } = world()
    one.desk.receive(['enter', 1, CANDIDATES, request('a')])
    for (let n = 0; n < 3; n++) one.desk.receive(['settle', 1, 'completed', {}])
    two.desk.receive(['enter', 1, CANDIDATES, request('b')])
    two.desk.receive(['enter', 2, CANDIDATES, request('c')])
    await turn()
    expect(router.counters()).toMatchObject({ inFlight: 1, waiting: 1, duplicateSettles: 2 })
  })

  it('takes back the leases and places of a worker that died, once, and gives them to the others', async () => {
    const { router, one, two } = world()
    one.desk.receive(['enter', 1, CANDIDATES, request('a')])
    one.desk.receive(['enter', 2, CANDIDATES, request('waits and is dead')])
    two.desk.receive(['enter', 1, CANDIDATES, request('b')])
    one.desk.close()
    one.desk.close()
    await turn()
    expect(two.told).toEqual([['granted', 1, 2, 'm', 0, null, null]])
    expect(router.counters()).toMatchObject({
      inFlight: 1,
      waiting: 0,
      outcomes: { instance_lost: 1, cancelled_in_queue: 1 },
    })
  })

  it('hears nothing of a worker that died: neither a settle nor a newcomer changes anything', async () => {
    const { router, one, two } = world()
    one.desk.receive(['enter', 1, CANDIDATES, request('a')])
    await turn()
    one.desk.close()
    const before = router.counters()
    one.desk.receive(['settle', 1, 'completed', {}])
    one.desk.receive(['enter', 2, CANDIDATES, request('late')])
    one.desk.receive(['take', 3, CANDIDATES, request('late')])
    await turn()
    expect(router.counters()).toEqual(before)
    expect([one.told.length, two.told.length]).toEqual([1, 0])
  })

  it('ends a lease whose answer told nonsense of itself, and says so', () => {
    const { router, one, logged } = world()
    one.desk.receive(['enter', 1, CANDIDATES, request('a')])
    one.desk.receive(['settle', 1, 'completed', { outputTokens: -5 }])
    expect(router.counters()).toMatchObject({ inFlight: 0, outcomes: { completed: 1 } })
    expect(logged).toHaveLength(1)
  })

  it('answers a list it does not know with an error for that request alone', async () => {
    const { one } = world()
    one.desk.receive(['enter', 1, 9, request('a')])
    one.desk.receive(['list', 9, CANDIDATES])
    one.desk.receive(['enter', 2, 9, request('b')])
    one.desk.receive(['forget_lists'])
    one.desk.receive(['take', 3, 9, request('c')])
    await turn()
    expect(one.told.map(([kind, id]) => [kind, id])).toEqual([
      ['wrong', 1],
      ['granted', 2],
      ['wrong', 3],
    ])
  })
})

describe('the shelf', () => {
  it('has one array for equal lists of all workers, until the catalog changes', () => {
    const shelf = new Shelf()
    const kept = shelf.of(CANDIDATES)
    expect(shelf.of(structuredClone(CANDIDATES))).toBe(kept)
    shelf.clear()
    expect(shelf.of(structuredClone(CANDIDATES))).not.toBe(kept)
  })
})
