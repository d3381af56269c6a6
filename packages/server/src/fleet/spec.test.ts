import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadFleet, parseFleetText } from './load.js'
import { parseFleet } from './spec.js'

const FINE = { id: 'a', max_concurrent: 1 }

describe('parseFleet', () => {
  test('fills in every default', () => {
    expect(parseFleet({ models: [FINE] }, 'f')).toEqual({
      seed: 1,
      models: [
        {
          id: 'a',
          port: 0,
          maxConcurrent: 1,
          latency: { medianMs: 200, sigma: 0.3 },
          slowdown: { knee: 0.8, factorAtLimit: 1 },
          tokensPerSecond: 100,
          outputTokens: 48,
          faults: {
            error: 0,
            stall: 0,
            stallMs: null,
            cut: 0,
            nonsense: 0,
            slow: 0,
            slowFactor: 10,
            throttle: 0,
            lapse: 0,
          },
        },
      ],
    })
  })

  test.each<[object, string]>([
    [
      { models: [{ ...FINE, max_concurent: 2 }] },
      'models[0].max_concurent is not a known key; did you mean max_concurrent?',
    ],
    [
      { models: [FINE, { ...FINE, id: 'b', max_concurrent: -1 }] },
      'models[1].max_concurrent must be ≥ 1, got -1',
    ],
    [
      { models: [{ ...FINE, latency: { sigma: NaN } }] },
      'models[0].latency.sigma must be a finite number, got NaN',
    ],
    [{ models: [{ ...FINE, faults: { cut: 1.5 } }] }, 'models[0].faults.cut must be ≤ 1, got 1.5'],
    [
      { models: [{ ...FINE, faults: { cut: 0.7, error: 0.5 } }] },
      'models[0].faults must have shares whose sum is ≤ 1, got 1.2',
    ],
    [{ models: [FINE, FINE] }, 'models[1].id must not be used twice, got "a"'],
    [
      {
        models: [
          { ...FINE, port: 7001 },
          { ...FINE, id: 'b', port: 7001 },
        ],
      },
      'models[1].port must not be used twice, got 7001',
    ],
    [{ models: [] }, 'models must not be empty, got an empty list'],
    [{ sede: 4, models: [FINE] }, 'sede is not a known key; did you mean seed?'],
  ])('%j: %s', (document, message) => {
    expect(() => parseFleet(document, 'f.yaml')).toThrow(`f.yaml: ${message}`)
  })
})

describe('loadFleet', () => {
  test('reads the example', async () => {
    const path = fileURLToPath(new URL('../../../../examples/fleet.yaml', import.meta.url))
    const fleet = await loadFleet(path)
    expect(fleet.models.map((model) => model.id)).toEqual(['atlas-70b', 'breeze-7b', 'comet-1b'])
  })

  test('names the file that is missing', async () => {
    await expect(loadFleet('/nowhere/fleet.yaml')).rejects.toThrow(
      '/nowhere/fleet.yaml: cannot be read: there is no such file',
    )
  })

  test('names the place of broken YAML and of a wrong value', () => {
    expect(() => parseFleetText('models: [', 'f.yaml')).toThrow(/^f\.yaml:1:\d+: YAML: /)
    const negative = 'models:\n  - id: a\n    max_concurrent: -1\n'
    expect(() => parseFleetText(negative, 'f.yaml')).toThrow(
      'f.yaml:3:5: models[0].max_concurrent must be ≥ 1, got -1',
    )
  })
})
