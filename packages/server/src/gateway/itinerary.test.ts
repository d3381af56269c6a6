import { describe, expect, it } from 'vitest'
import { Itinerary } from './itinerary.js'

const listOf = (...ids: string[]) => ids.map((modelId) => ({ modelId, score: 1 }))

function itinerary() {
  const candidates = listOf('a', 'b')
  const fallbacks = [listOf('c'), listOf('d')]
  return { fallbacks, stops: new Itinerary({ candidates, fallbacks: () => fallbacks }) }
}

describe('where a request may go next', () => {
  it('is every candidate it has not been to, then each fallback alone and in order, then nobody', () => {
    const { stops, fallbacks } = itinerary()
    expect(stops.next(undefined)).toEqual(listOf('a', 'b'))
    stops.note('a')
    expect(stops.next(undefined)).toEqual(listOf('b'))
    stops.note('b')
    expect(stops.next(undefined)).toBe(fallbacks[0])
    stops.note('c')
    expect(stops.next(undefined)).toBe(fallbacks[1])
    stops.note('d')
    expect(stops.next(undefined)).toEqual([])
    expect(stops.tried).toEqual(['a', 'b', 'c', 'd'])
  })

  it('is a model that hung up once more, after all others', () => {
    const { stops } = itinerary()
    for (const id of ['a', 'b', 'c']) stops.note(id)
    expect(stops.next('c')).toEqual(listOf('d'))
    stops.note('d')
    expect(stops.next('c')).toEqual(listOf('c'))
    expect(stops.next('c')).toEqual([])
  })
})
