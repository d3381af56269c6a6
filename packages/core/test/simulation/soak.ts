/**
 * Runs small random worlds with all faults against the router, one per seed, every invariant watched; replays one:
 *
 *   npm run test:soak -- --seeds 100000 --from 0
 *   npm run test:soak -- --seed 123
 */
import { parseArgs } from 'node:util'
import { firstBroken, playSeed } from './seeds.js'

const PROGRESS_EVERY = 1_000

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '0' },
  },
})

if (values.seed !== undefined) {
  const report = playSeed(whole('seed', values.seed))
  console.log(JSON.stringify(report, null, 2))
} else {
  soak(whole('from', values.from), whole('seeds', values.seeds))
}

function soak(from: number, count: number): void {
  const startedMs = performance.now()
  for (let done = 0; done < count; done += PROGRESS_EVERY) {
    const upTo = Math.min(count, done + PROGRESS_EVERY)
    const broken = firstBroken(from + done, upTo - done)
    if (broken !== undefined) {
      console.error(broken.message)
      process.exitCode = 1
      return
    }
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0)
    console.log(`${upTo} of ${count} seeds from ${from}, ${seconds} s`)
  }
}

function whole(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${name} must be an integer ≥ 0, got ${text}`)
  return value
}
