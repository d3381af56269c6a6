import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventRing } from './event-ring.js'

describe('the ring of events', () => {
  it('gives all that came after a place, or says that some of it is forgotten; never a part', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 })
    fc.assert(
      fc.property(
        lengths,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 30 }),
        (texts, mostEvents, mostChars) => {
          const ring = new EventRing({ mostEvents, mostChars })
          const all = texts.map((length, i) => ({ seq: i + 1, text: 'x'.repeat(length) }))
          for (const event of all) ring.push(event)
          for (let seq = 0; seq <= all.length; seq++) {
            const after = all.slice(seq)
            const chars = after.reduce((sum, { text }) => sum + text.length, 0)
            const isKept = after.length <= mostEvents && chars <= mostChars
            expect(ring.since(seq)).toEqual(isKept ? after : undefined)
          }
        },
      ),
    )
  })

  it('gives nothing up to where it was told to forget', () => {
    const ring = new EventRing({ mostEvents: 9, mostChars: 99 })
    ring.push({ seq: 1, text: 'a' })
    ring.forget(2)
    expect(ring.since(1)).toBeUndefined()
    ring.push({ seq: 3, text: 'b' })
    expect(ring.since(2)).toEqual([{ seq: 3, text: 'b' }])
  })
})
