import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openStores } from '../storage/stores.js'
import { QualityBook } from './quality-book.js'
import type { Vote } from './quality-store.js'

const HALF_LIFE_MS = 1_000_000

async function open() {
  const stores = await openStores('file::memory:')
  const reopen = () => QualityBook.open({ store: stores.quality, halfLifeMs: HALF_LIFE_MS })
  return { stores, reopen, book: await reopen() }
}

const vote = (fields: Partial<Vote> = {}): Vote => ({
  decisionId: 'd',
  modelId: 'm',
  task: 'coding',
  score: 1,
  atMs: 0,
  ...fields,
})

const votes = fc.array(
  fc.record({
    decisionId: fc.constantFrom('a', 'b', 'c', 'd'),
    modelId: fc.constantFrom('m', 'n'),
    task: fc.constantFrom('coding', 'math' as const),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    gapMs: fc.integer({ min: 0, max: 2 * HALF_LIFE_MS }),
  }),
  { maxLength: 12 },
)

describe('votes', () => {
  it('add up to the latest on each answer, each halved by every half-life, also after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(votes, async (steps) => {
        const { stores, book, reopen } = await open()
        const latest = new Map<string, Vote>()
        let nowMs = 0
        for (const { gapMs, ...step } of steps) {
          nowMs += gapMs
          const cast = { ...step, atMs: nowMs }
          expect((await book.vote(cast)).isChange).toBe(latest.has(cast.decisionId))
          latest.set(cast.decisionId, cast)
        }
        for (const own of [book, await reopen()]) {
          for (const modelId of ['m', 'n']) {
            for (const task of ['coding', 'math'] as const) {
              const counted = [...latest.values()].filter(
                (cast) => cast.modelId === modelId && cast.task === task,
              )
              const shares = counted.map(({ atMs }) => 2 ** ((atMs - nowMs) / HALF_LIFE_MS))
              const known = own.votes(modelId, task, nowMs)
              expect(known.weight).toBeCloseTo(
                shares.reduce((sum, share) => sum + share, 0),
                9,
              )
              const scored = counted.reduce((sum, { score }, i) => sum + score * (shares[i] ?? NaN), 0)
              expect(known.sum).toBeCloseTo(scored, 9)
            }
          }
        }
        await stores.close()
      }),
      { numRuns: 25 },
    )
  })

  it('of one answer that come at once count as one', async () => {
    const { stores, book } = await open()
    const scores = [0.1, 0.9, 0.4]
    await Promise.all(scores.map((score) => book.vote(vote({ score }))))
    expect(book.votes('m', 'coding', 0)).toEqual({ weight: 1, sum: 0.4 })
    await stores.close()
  })

  it('on a model that is gone are gone, and those on others stay', async () => {
    const { stores, book, reopen } = await open()
    await book.vote(vote())
    await book.vote(vote({ decisionId: 'e', modelId: 'other' }))
    await book.forget('m')
    for (const own of [book, await reopen()]) {
      expect([own.votes('m', 'coding', 0).weight, own.votes('other', 'coding', 0).weight]).toEqual([0, 1])
    }
    await stores.close()
  })

  it('that could not be stored do not count, and do not keep the next from counting', async () => {
    const { stores, book } = await open()
    const wrong = vote({ score: null as unknown as number })
    await expect(book.vote(wrong)).rejects.toThrow('NOT NULL')
    expect(book.votes('m', 'coding', 0).weight).toBe(0)
    await book.vote(vote())
    expect(book.votes('m', 'coding', 0).weight).toBe(1)
    await stores.close()
  })
})
