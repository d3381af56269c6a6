import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CallSequence } from './call-sequence.js'
import type { Step } from './said.js'

interface Told {
  readonly id: string
  readonly name: string
  text: string
}

/** Puts steps together and holds them to their order: blocks one after the other. */
function toldBy(steps: readonly Step[]): readonly Told[] {
  const told: Told[] = []
  let open: Told | undefined
  for (const step of steps) {
    if (step.kind === 'open' && step.block.kind === 'call') {
      expect(open).toBeUndefined()
      open = { id: step.block.id, name: step.block.name, text: '' }
      told.push(open)
    } else if (step.kind === 'more') {
      if (open === undefined) throw new Error('a piece without a block')
      open.text += step.text
    } else {
      expect(step.kind).toBe('close')
      expect(open).toBeDefined()
      open = undefined
    }
  }
  expect(open).toBeUndefined()
  return told
}

test('pieces of parallel calls in any mixture are told as whole calls in sequence', () => {
  const calls = fc.array(fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ maxLength: 5 })), {
    minLength: 1,
    maxLength: 4,
  })
  const mixture = fc.infiniteStream(fc.nat({ max: 3 }))
  fc.assert(
    fc.property(calls, mixture, fc.integer({ min: 1, max: 4 }), (inputs, turns, length) => {
      const written = inputs.map((input) => JSON.stringify(input))
      const left = [...written]
      const sequence = new CallSequence()
      const steps: Step[] = []
      written.forEach((_, index) => {
        steps.push(...sequence.push([{ index, id: `c${index}`, function: { name: 'f' } }], 'x'))
      })
      while (left.some((text) => text !== '')) {
        const [turn = 0] = turns.take(1)
        const index = turn % left.length
        const text = left[index] ?? ''
        left[index] = text.slice(length)
        steps.push(...sequence.push([{ index, function: { arguments: text.slice(0, length) } }], 'x'))
      }
      steps.push(...sequence.finish())
      expect(toldBy(steps)).toEqual(written.map((text, index) => ({ id: `c${index}`, name: 'f', text })))
    }),
  )
})

test('calls that all come as index 0 are told apart by their ids', () => {
  const sequence = new CallSequence()
  const pieces = ['a', 'b'].map((id) => ({ index: 0, id, function: { name: 'f', arguments: '{}' } }))
  const steps = [...pieces.flatMap((piece) => sequence.push([piece], 'x')), ...sequence.finish()]
  expect(toldBy(steps).map(({ id }) => id)).toEqual(['a', 'b'])
})

test('a call that has no id gets one of its answer', () => {
  const sequence = new CallSequence()
  const steps = [
    ...sequence.push([{ index: 0, function: { name: 'f', arguments: '{}' } }], 'x'),
    ...sequence.finish(),
  ]
  expect(toldBy(steps)).toEqual([{ id: 'call_x_0', name: 'f', text: '{}' }])
})
