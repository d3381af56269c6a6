import { expect, it } from 'vitest'
import { reliefSeats, type Relieved } from './relief.js'

const model = (modelId: string, more: Partial<Relieved>): Relieved => {
  return { modelId, maxConcurrent: 10, activeRequests: 0, assigned: 0, isHot: false, ...more }
}

it('a hot model keeps as many agents as its share of slots bears, others take what they have room for', () => {
  const seats = reliefSeats(
    [
      model('hot', { activeRequests: 9, assigned: 9, isHot: true }),
      model('cool', { activeRequests: 3, assigned: 3 }),
      model('idle', {}),
    ],
    0.6,
  )
  expect([...seats]).toEqual([
    ['hot', 6],
    ['cool', 6],
    ['idle', 6],
  ])
})

it('a hot model loses one agent at least, a cool one none, even above its share', () => {
  const seats = reliefSeats(
    [
      model('hot', { activeRequests: 6, assigned: 3, isHot: true }),
      model('warm', { activeRequests: 8, assigned: 4 }),
    ],
    0.6,
  )
  expect([...seats]).toEqual([
    ['hot', 2],
    ['warm', 4],
  ])
})

it('agents that bring no requests fit anywhere', () => {
  const seats = reliefSeats([model('hot', { assigned: 2, isHot: true }), model('cool', {})], 0.5)
  expect([...seats]).toEqual([
    ['hot', 1],
    ['cool', 2],
  ])
})
