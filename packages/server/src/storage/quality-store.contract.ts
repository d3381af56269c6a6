import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Vote, VoteTally } from '../learning/quality-store.js'
import type { Stores } from './stores.js'

/** A database that can be opened again after it was closed. */
interface StoreFixture {
  open(): Promise<Stores>
  dispose(): Promise<void>
}

const VOTE: Vote = {
  decisionId: 'd-1',
  modelId: "m'1",
  task: 'coding',
  score: 0.3,
  atMs: 1_790_000_000_123.5,
}
const TALLY: VoteTally = { modelId: "m'1", task: 'coding', weight: 1.25, sum: 0.3, atMs: VOTE.atMs }

/** What every `QualityStore` does; called within a `describe` of its own. */
export function qualityStoreContract(make: () => Promise<StoreFixture>): void {
  let fixture: StoreFixture
  let stores: Stores
  beforeEach(async () => {
    fixture = await make()
    stores = await fixture.open()
  })
  afterEach(async () => {
    await stores.close()
    await fixture.dispose()
  })

  it('has no votes at first', async () => {
    expect(await stores.quality.loadTallies()).toEqual([])
    expect(await stores.quality.findVote('d-1')).toBeUndefined()
  })

  it('gives back votes and tallies as they were, after it was opened again', async () => {
    const other = { ...TALLY, task: 'general' as const, weight: 0, sum: 0 }
    await stores.quality.saveVote(VOTE, [TALLY, other])
    await stores.close()
    stores = await fixture.open()
    expect(await stores.quality.findVote('d-1')).toEqual(VOTE)
    const tallies = await stores.quality.loadTallies()
    expect(tallies.toSorted((a, b) => a.task.localeCompare(b.task))).toEqual([TALLY, other])
  })

  it('keeps the latest vote on a decision, and one tally for a model and task type', async () => {
    await stores.quality.saveVote(VOTE, [TALLY])
    const changed = { ...VOTE, score: 1, task: 'math' as const, atMs: VOTE.atMs + 1 }
    const tallies = [
      { ...TALLY, weight: 0, sum: 0 },
      { ...TALLY, task: 'math' as const, weight: 1, sum: 1 },
    ]
    await stores.quality.saveVote(changed, tallies)
    expect(await stores.quality.findVote('d-1')).toEqual(changed)
    const loaded = await stores.quality.loadTallies()
    expect(loaded.toSorted((a, b) => a.task.localeCompare(b.task))).toEqual(tallies)
  })

  it('forgets all of a model and nothing of another', async () => {
    const kept = { ...VOTE, decisionId: 'd-2', modelId: 'other' }
    await stores.quality.saveVote(VOTE, [TALLY])
    await stores.quality.saveVote(kept, [{ ...TALLY, modelId: 'other' }])
    await stores.quality.forgetModel("m'1")
    await stores.quality.forgetModel('never was')
    expect(await stores.quality.findVote('d-1')).toBeUndefined()
    expect(await stores.quality.findVote('d-2')).toEqual(kept)
    expect(await stores.quality.loadTallies()).toEqual([{ ...TALLY, modelId: 'other' }])
  })

  it('forgets votes of before a time, and keeps what they added up to', async () => {
    await stores.quality.saveVote(VOTE, [TALLY])
    await stores.quality.forgetVotes(VOTE.atMs)
    expect(await stores.quality.findVote('d-1')).toEqual(VOTE)
    await stores.quality.forgetVotes(VOTE.atMs + 1)
    expect(await stores.quality.findVote('d-1')).toBeUndefined()
    expect(await stores.quality.loadTallies()).toEqual([TALLY])
  })
}
