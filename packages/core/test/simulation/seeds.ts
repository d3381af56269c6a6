import type { SimulationReport } from '../../src/simulation/report.js'
import type { RouterFactory } from '../../src/simulation/router-port.js'
import { simulate } from '../../src/simulation/simulate.js'
import { randomScenario } from './random-scenario.js'

/** A seed whose world broke a promise, and how to see it again. */
export class BrokenSeed extends Error {
  constructor(
    readonly seed: number,
    cause: unknown,
  ) {
    const what = cause instanceof Error ? cause.message : String(cause)
    super(`seed ${seed}: ${what}\nreplay it with: npm run test:soak -- --seed ${seed}`, { cause })
    this.name = 'BrokenSeed'
  }
}

/** The random world of a seed, watched. @throws whatever is wrong with it. */
export function playSeed(seed: number, createRouter?: RouterFactory): SimulationReport {
  const watched = { seed, isWatched: true }
  return simulate(randomScenario(seed), createRouter === undefined ? watched : { ...watched, createRouter })
}

/** The first of so many seeds that breaks a promise; `undefined` when all hold. */
export function firstBroken(
  from: number,
  count: number,
  createRouter?: RouterFactory,
): BrokenSeed | undefined {
  for (let seed = from; seed < from + count; seed++) {
    try {
      playSeed(seed, createRouter)
    } catch (cause) {
      return new BrokenSeed(seed, cause)
    }
  }
  return undefined
}
