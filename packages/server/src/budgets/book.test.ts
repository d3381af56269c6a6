import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttemptRecord } from '../gateway/record.js'
import { BudgetBook } from './book.js'

const NOW_MS = Date.UTC(2026, 10, 26, 12)

const attempt = (fields: Partial<AttemptRecord> = {}): AttemptRecord => ({
  modelId: 'm',
  leaseId: 1,
  score: 80,
  outcome: 'completed',
  queueMs: 0,
  serviceMs: 10,
  firstByteMs: 5,
  inputTokens: 100,
  outputTokens: 50,
  costUsd: 0.01,
  ...fields,
})

function bookOf(limits: object, window: 'minute' | 'day' = 'minute') {
  return new BudgetBook({
    budgets: [{ payer: 'key:a', limits: [{ window, limits }] }],
    dearestUsdPerToken: () => 1e-5,
  })
}

const charge = (id: string, inputTokens = 100, maxOutputTokens: number | undefined = 50) => ({
  id,
  payers: ['key:a'],
  inputTokens,
  maxOutputTokens,
})
const used = (book: BudgetBook, nowMs = NOW_MS) => book.read(nowMs)[0]?.limits.map((limit) => limit.used)

describe('the book of budgets', () => {
  it('lets in as many as fit, tells the next one when there is room, and then there is', () => {
    const book = bookOf({ requests: 2 })
    expect(book.reserve(charge('1'), '', NOW_MS)).toMatchObject({ standing: { requests: { remaining: 1 } } })
    book.reserve(charge('2'), '', NOW_MS + 5_000)
    const refused = book.reserve(charge('3'), '', NOW_MS + 10_000)
    expect(refused).toMatchObject({
      breach: { payer: 'key:a', window: 'minute', measure: 'requests', limit: 2, retryAfterMs: 50_000 },
    })
    expect('standing' in book.reserve(charge('3'), '', NOW_MS + 60_000)).toBe(true)
  })

  it('says that a request never fits when it may need more than the whole', () => {
    const book = bookOf({ tokens: 100 })
    expect(book.reserve(charge('1', 60, 50), '', NOW_MS)).toMatchObject({
      breach: { measure: 'tokens', needed: 110, retryAfterMs: null },
    })
    expect(used(book)).toEqual([0])
  })

  it('corrects what was booked to what was needed, whatever became of the request', () => {
    const cases: [string, readonly AttemptRecord[], number[]][] = [
      ['whole', [attempt()], [1, 150, 0.01]],
      [
        'two attempts',
        [attempt({ outcome: 'upstream_cut', outputTokens: 7, costUsd: 0.001 }), attempt()],
        [1, 257, 0.011],
      ],
      ['not counted by the model', [attempt({ inputTokens: undefined })], [1, 150, 0.01]],
      [
        'failed before it read',
        [
          attempt({
            outcome: 'upstream_error',
            firstByteMs: undefined,
            inputTokens: undefined,
            outputTokens: undefined,
            costUsd: undefined,
          }),
        ],
        [1, 0, 0],
      ],
      ['no model was called', [], [0, 0, 0]],
    ]
    for (const [, attempts, expected] of cases) {
      const book = bookOf({ requests: 100, tokens: 10_000, cost_usd: 5 })
      book.reserve(charge('1', 100, 4_000), '', NOW_MS)
      expect(used(book)?.[1]).toBe(4_100)
      book.settle('1', attempts, NOW_MS)
      book.settle('1', attempts, NOW_MS)
      used(book)?.forEach((amount, i) => expect(amount).toBeCloseTo(expected[i] ?? NaN, 9))
    }
  })

  it('books with all payers or with none', () => {
    const book = new BudgetBook({
      budgets: [
        { payer: 'key:a', limits: [{ window: 'minute', limits: { requests: 10 } }] },
        { payer: 'agent:b', limits: [{ window: 'day', limits: { requests: 1 } }] },
      ],
      dearestUsdPerToken: () => 0,
    })
    const both = (id: string) => ({ ...charge(id), payers: ['key:a', 'agent:b'] })
    book.reserve(both('1'), '', NOW_MS)
    expect(book.reserve(both('2'), '', NOW_MS)).toMatchObject({ breach: { payer: 'agent:b', window: 'day' } })
    expect(book.read(NOW_MS).map(({ limits }) => limits[0]?.used)).toEqual([1, 1])
  })

  it('leaves the booking of a process that died, and takes no late settlement for it', () => {
    const book = bookOf({ tokens: 1_000 })
    book.reserve(charge('1', 100, 300), 'w1', NOW_MS)
    book.ownerLost('w1')
    book.settle('1', [attempt()], NOW_MS)
    expect(used(book)).toEqual([400])
  })

  it('never lets more through than the limit, however requests overlap and whatever they say they need', () => {
    const step = fc.record({
      id: fc.nat({ max: 9 }),
      isEnd: fc.boolean(),
      input: fc.nat({ max: 200 }),
      output: fc.nat({ max: 200 }),
      waitMs: fc.nat({ max: 20_000 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const book = bookOf({ requests: 5, tokens: 600 })
        const open = new Map<number, { input: number; output: number }>()
        let nowMs = NOW_MS
        for (const { id, isEnd, input, output, waitMs } of steps) {
          nowMs += waitMs
          const running = open.get(id)
          if (running === undefined) {
            if ('standing' in book.reserve(charge(String(id), input, output), '', nowMs))
              open.set(id, { input, output })
          } else if (isEnd) {
            // It never takes more than it said it might.
            const outputTokens = Math.floor(running.output / 2)
            book.settle(String(id), [attempt({ inputTokens: running.input, outputTokens })], nowMs)
            open.delete(id)
          }
          const [requests = NaN, tokens = NaN] = used(book, nowMs) ?? []
          expect(requests).toBeLessThanOrEqual(5)
          expect(tokens).toBeLessThanOrEqual(600)
        }
      }),
    )
  })
})
