import { type RandomSource, seededRandom } from '../../random.js'
import type { Scenario } from '../scenario.js'
import { ANSWER_FATES, type AnswerFate, type FaultRates, type Faults, type TimedFault } from './faults.js'

/** Of the seed's streams, the one that timed faults are drawn from. */
const TIMED_STREAM = 2
const MINUTE_MS = 60_000

interface Draw {
  readonly atMs: number
  readonly untilMs: number
  readonly modelId: string
  readonly maxConcurrent: number
  readonly instances: number
  readonly random: RandomSource
}

type RateName = Exclude<keyof FaultRates, 'meanMs'>

/** What one random fault is made of: one thing that happens, or two where it is made good again. */
const DRAWS: Readonly<Record<RateName, (draw: Draw) => readonly TimedFault[]>> = {
  capacity: ({ atMs, untilMs, modelId, maxConcurrent, random }) => {
    const other = Math.floor(random() * (2 * maxConcurrent + 1))
    return [
      { kind: 'capacity', atMs, modelId, change: { maxConcurrent: other } },
      { kind: 'capacity', atMs: untilMs, modelId, change: { maxConcurrent } },
    ]
  },
  removal: ({ atMs, untilMs, modelId }) => [
    { kind: 'remove', atMs, modelId },
    { kind: 'add', atMs: untilMs, modelId },
  ],
  report: ({ atMs, modelId, maxConcurrent, random }) => [
    // Mostly few: a model full of others' requests serves nobody, and little can go wrong there.
    { kind: 'report', atMs, modelId, external: Math.floor(random() ** 3 * (maxConcurrent + 2)) },
  ],
  clock: ({ atMs, untilMs, random }) => [
    { kind: 'clock', atMs, byMs: (2 * random() - 1) * (untilMs - atMs) },
  ],
  crash: ({ atMs, untilMs, instances, random }) => [
    { kind: 'crash', atMs, instance: Math.floor(random() * instances), afterMs: untilMs - atMs },
  ],
  outage: ({ atMs, untilMs, modelId, random }) => {
    const fate = ANSWER_FATES[Math.floor(random() * ANSWER_FATES.length)] as AnswerFate
    return [{ kind: 'outage', atMs, modelId, lastsMs: untilMs - atMs + 1, fate }]
  },
}

/** The scenario's timed faults and those drawn at random, in no order. */
export function timedFaults(
  { models, durationMs }: Scenario,
  faults: Faults,
  seed: number,
): readonly TimedFault[] {
  const { timed = [], perMinute = {}, instances = 1 } = faults
  const random = seededRandom(seed, TIMED_STREAM)
  const exponential = (mean: number) => -Math.log(1 - random()) * mean
  const all = [...timed]
  for (const [name, drawFaults] of Object.entries(DRAWS)) {
    const rate = perMinute[name as RateName] ?? 0
    if (rate === 0) continue
    for (let atMs = exponential(MINUTE_MS / rate); atMs < durationMs; atMs += exponential(MINUTE_MS / rate)) {
      const model = models[Math.floor(random() * models.length)]
      if (model === undefined) break
      const untilMs = atMs + exponential(perMinute.meanMs ?? 5_000)
      const { id: modelId, maxConcurrent } = model
      all.push(...drawFaults({ atMs, untilMs, modelId, maxConcurrent, instances, random }))
    }
  }
  return all
}
