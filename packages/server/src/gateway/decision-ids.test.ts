import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DecisionIds } from './decision-ids.js'

it('an id leads back to its lease in the process that gave it, and nowhere else', () => {
  const ids = new DecisionIds()
  const others = new DecisionIds()
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (leaseId) => {
      expect(ids.leaseOf(ids.of(leaseId))).toBe(leaseId)
      expect(others.leaseOf(ids.of(leaseId))).toBeUndefined()
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(ids.leaseOf(text)).toBeUndefined()
    }),
  )
  for (const bad of ['', '-', ' 1', '1.5', 'A'])
    expect(ids.leaseOf(ids.of(1).slice(0, -1) + bad)).toBeUndefined()
})
