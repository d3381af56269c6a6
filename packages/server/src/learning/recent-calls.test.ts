import { expect, it } from 'vitest'
import type { ExchangeRecord } from '../gateway/record.js'
import { RecentCalls } from './recent-calls.js'

function record(leaseIds: readonly number[]): ExchangeRecord {
  const attempts = leaseIds.map((leaseId) => ({ leaseId, modelId: `m${leaseId}` }))
  return { asked: { agentId: 'a', task: 'math' }, attempts } as unknown as ExchangeRecord
}

it('finds each of the latest calls by its lease, and none that is older', () => {
  const calls = new RecentCalls()
  expect(calls.find(0)).toBeUndefined()
  for (let leaseId = 1; leaseId <= 70_000; leaseId += 2) calls.note(record([leaseId, leaseId + 1]))
  expect(calls.find(70_000)).toEqual({ modelId: 'm70000', agentId: 'a', task: 'math' })
  expect(calls.find(70_000 - 65_535)).toMatchObject({ modelId: 'm4465' })
  expect(calls.find(70_000 - 65_536)).toBeUndefined()
  expect(calls.find(70_001)).toBeUndefined()
})

it('tells of a call that runs once it has ended, and gives up on one that does not', async () => {
  const calls = new RecentCalls()
  const waiting = [calls.ended(7, 60_000), calls.ended(7, 60_000)]
  expect(await calls.ended(8, 1)).toBeUndefined()
  calls.note(record([7]))
  expect(await Promise.all(waiting)).toEqual([calls.find(7), calls.find(7)])
  expect(calls.find(7)?.modelId).toBe('m7')
})
