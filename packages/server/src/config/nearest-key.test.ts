import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nearestKey } from './nearest-key.js'

const KNOWN = ['id', 'max_concurrent', 'max_queue', 'base_url', 'host', 'port']

describe('nearestKey', () => {
  test.each([
    ['max_concurent', 'max_concurrent'],
    ['maxConcurrent', 'max_concurrent'],
    ['MAX-QUEUE', 'max_queue'],
    ['hots', 'host'],
    ['prot', 'port'],
    ['baseurl', 'base_url'],
  ])('%s was meant to be %s', (misspelt, meant) => {
    expect(nearestKey(misspelt, KNOWN)).toBe(meant)
  })

  test('a name unlike any known one has no suggestion', () => {
    expect(nearestKey('temperature', KNOWN)).toBeUndefined()
    expect(nearestKey('', KNOWN)).toBeUndefined()
    expect(nearestKey('host', [])).toBeUndefined()
  })

  test('the earlier of two equally near names wins', () => {
    expect(nearestKey('cat', ['bat', 'rat'])).toBe('bat')
  })

  test('one letter left out of a known name always finds it back', () => {
    fc.assert(
      fc.property(fc.nat({ max: 13 }), (index) => {
        const name = 'max_concurrent'
        expect(nearestKey(name.slice(0, index) + name.slice(index + 1), KNOWN)).toBe(name)
      }),
    )
  })
})
