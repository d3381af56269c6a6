import { Router } from '@loadstar/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ExchangeRecord } from '../gateway/record.js'
import { openStores, type Stores } from '../storage/stores.js'
import { createHistory, type History } from './history.js'
import type { HistoryStore } from './store.js'

const OPTIONS = { flushMs: 10, bufferRows: 100, retentionMs: 86_400_000, maxRows: 1_000 }
const NOW_MS = 1_763_900_000_000

function record(leaseId: number, fields: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    requestId: `r-${leaseId}`,
    api: 'openai_chat' as ExchangeRecord['api'],
    cache: undefined,
    outcome: 'completed',
    status: 200,
    keyId: 'team',
    chargeId: undefined,
    startedMs: NOW_MS,
    asked: undefined,
    totalMs: 5,
    queueMs: 1,
    overheadMs: 0.1,
    attempts: [
      {
        modelId: 'a',
        leaseId,
        score: 90,
        outcome: 'completed',
        queueMs: 1,
        serviceMs: 4,
        firstByteMs: 2,
        inputTokens: 10,
        outputTokens: 20,
        costUsd: 0.5,
      },
    ],
    ...fields,
  }
}

let stores: Stores
let store: HistoryStore
let history: History
let isDown = false
const told: string[] = []
const router = new Router([{ id: 'a', maxConcurrent: 100_000, maxQueue: 0, targetUtilization: 1 }])

const lease = (): number => {
  const answer = router.submit({ requestId: 'r', candidates: [{ modelId: 'a', score: 90 }] }, NOW_MS)
  if (answer.kind !== 'admitted') throw new Error(answer.kind)
  return answer.lease.id
}

beforeEach(async () => {
  isDown = false
  told.length = 0
  stores = await openStores('file::memory:')
  store = await stores.openHistory()
  history = createHistory(OPTIONS, {
    // The real one, behind a way that can be cut.
    store: {
      append: (rows) => (isDown ? Promise.reject(new Error('it is away')) : store.append(rows)),
      find: (id) => store.find(id),
      page: (query) => store.page(query),
      piece: (query, format) => store.piece(query, format),
      forget: (retention) => store.forget(retention),
      close: () => store.close(),
    },
    decisions: { nextLeaseId: () => router.nextLeaseId, decision: (id) => router.decision(id) },
    decisionId: (id) => `d-${id}`,
    clock: () => NOW_MS + performance.now(),
    log: {
      warn: (fields, message) => told.push(`${message} ${JSON.stringify(fields)}`),
      info: (_fields, message) => told.push(message),
    },
  })
  history.start()
})
afterEach(async () => {
  await history.stop()
  await stores.close()
})

const stored = async () => (await store.page({ order: 'oldest_first', limit: 10_000 })).rows

describe('what ended', () => {
  it('is found at once by its decision, with what was weighed', async () => {
    const id = lease()
    history.note(record(id))
    expect(await history.find(`d-${id}`)).toMatchObject({
      request_id: `r-${id}`,
      model_id: 'a',
      considered: JSON.stringify({
        policy: 'bid',
        explored: false,
        margin: null,
        models: [['a', 90, 0, 89, null]],
        omitted: 0,
      }),
    })
  })

  it('keeps its decision when the router has forgotten it long since', async () => {
    const id = lease()
    await vi.waitFor(() => expect(router.decision(id)).toBeDefined())
    await vi.waitFor(async () => {
      history.note(record(lease()))
      expect(await stored()).not.toEqual([])
    })
    for (let index = 0; index < 5_000; index++) lease()
    expect(router.decision(id)).toBeUndefined()
    history.note(record(id))
    const row = await history.find(`d-${id}`)
    expect(JSON.parse(row?.considered ?? 'null')).toMatchObject({
      models: [['a', 90, expect.anything(), expect.anything(), null]],
    })
  })

  it('is told by the attempt that was heard, with the cost of all and every try', async () => {
    const [first] = record(lease()).attempts
    const attempts = [
      { ...first, leaseId: lease(), outcome: 'upstream_error', costUsd: undefined },
      { ...first, leaseId: lease(), modelId: 'b' },
      { ...first, leaseId: lease(), outcome: 'hedge_lost', modelId: 'c' },
    ] as ExchangeRecord['attempts']
    history.note(record(0, { attempts }))
    expect(await history.find(`d-${attempts[1]?.leaseId}`)).toMatchObject({
      model_id: 'b',
      attempts: 3,
      cost_usd: 1,
      tries: JSON.stringify([
        ['a', 'upstream_error', 4],
        ['b', 'completed', 4],
        ['c', 'hedge_lost', 4],
      ]),
    })
  })
})

it('while the store is away requests wait, those beyond the bound are dropped and counted, and all that waited is stored after', async () => {
  isDown = true
  for (let index = 1; index <= 130; index++) history.note(record(index))
  await vi.waitFor(() => expect(told).toEqual([expect.stringContaining('cannot be stored')]))
  expect(told[0]).toContain('it is away')
  expect(history.counters()).toEqual({ stored: 0, dropped: 30, waiting: 100 })
  isDown = false
  await vi.waitFor(() => expect(history.counters()).toEqual({ stored: 100, dropped: 30, waiting: 0 }), 5_000)
  const ids = (await stored()).map(({ request_id }) => request_id)
  expect(ids).toEqual(Array.from({ length: 100 }, (_, index) => `r-${index + 1}`))
  expect(told.at(-1)).toBe('the history is stored again')
})

it('keeps no more rows than it may', async () => {
  for (let round = 0; round < 30; round++) {
    for (let index = 0; index < 100; index++) history.note(record(round * 100 + index))
    await vi.waitFor(() => expect(history.counters().waiting).toBe(0))
  }
  const rows = await stored()
  expect(rows.length).toBe(OPTIONS.maxRows)
  expect(rows.at(-1)?.request_id).toBe('r-2999')
})
