import { DEFAULT_ADAPTIVE_WEIGHTS, LATENCY_MODES, QUALITY_MODES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { LONGEST_MS, milliseconds, share } from './quantities.js'

/** Which scores follow what was measured. */
const ADAPTIVE_PLACES = ['off', 'assignments', 'everywhere'] as const

const LATENCY = closedObject({
  mode: z
    .enum(LATENCY_MODES)
    .default('absolute')
    .describe(
      'What latency is judged by. absolute: milliseconds of whole answers, right where answers are short. relative: how many times as long as usual they took, given their lengths and the model’s own pace; right where answers are long.',
    ),
  max_acceptable_ms: milliseconds
    .default(500)
    .describe(
      'absolute: milliseconds that earn half the points, twice as many none; more than it also lowers the score by slow_factor. Half a second is where people begin to wait.',
    ),
  max_acceptable_slowness: z
    .number()
    .gt(0)
    .max(1_000)
    .default(2)
    .describe(
      'relative: the same, in times the usual. Twice as long as usual is more than chance; as usual then earns three quarters of the points.',
    ),
  slow_factor: share
    .default(0.8)
    .describe('What the score of a model slower than acceptable is multiplied by. A fifth less.'),
})

const QUALITY = closedObject({
  mode: z
    .enum(QUALITY_MODES)
    .default('blend')
    .describe(
      'What votes (POST /api/v1/feedback) do to declared strengths. blend: the declared strength counts as so many votes as prior_weight says; it moves without a jump and needs no threshold. replace: from that many votes on, they speak alone. off: they are counted and shown only.',
    ),
  prior_weight: z
    .number()
    .gt(0)
    .max(1e6)
    .default(10)
    .describe(
      'Votes that a declared strength is worth. Ten: a handful of votes moves little, some dozens decide.',
    ),
  half_life_ms: z
    .int()
    .min(60_000)
    .max(3_650 * LONGEST_MS)
    .default(30 * LONGEST_MS)
    .describe(
      'Milliseconds after which a vote counts half. Thirty days: models are replaced behind their names about that often.',
    ),
})

/** What measured performance and feedback do to scores; docs/concepts/learning.md has the formulas. */
export const SCORING = closedObject({
  adaptive: z
    .enum(ADAPTIVE_PLACES)
    .default('assignments')
    .describe(
      'Which scores follow measured success and latency: those of assignments, those of live requests as well (everywhere), or none (off). Live bids charge each model its measured time and its failures already; everywhere suits the policy weighted_load, and bid with latency.mode relative.',
    ),
  weights: closedObject({
    capability: share
      .default(DEFAULT_ADAPTIVE_WEIGHTS.capability)
      .describe('Weight of the capability score. Most of the score.'),
    success: share
      .default(DEFAULT_ADAPTIVE_WEIGHTS.success)
      .describe('Weight of the success rate. A quarter.'),
    latency: share
      .default(DEFAULT_ADAPTIVE_WEIGHTS.latency)
      .describe('Weight of the latency score. The rest.'),
  })
    .prefault({})
    .describe('What the terms of an adaptive score count; together 1, within 0.01.'),
  min_requests: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(10)
    .describe(
      'Requests of a model within the window below which its capability score stands alone. Ten: with fewer, one failure is a tenth of all.',
    ),
  min_success_rate: share
    .default(0.9)
    .describe(
      'A success rate below it lowers the score by unreliable_factor. One failure in ten is too many.',
    ),
  unreliable_factor: share
    .default(0.5)
    .describe(
      'What the score of a model that fails too often is multiplied by. Half: the best of models then comes after a mediocre one.',
    ),
  latency: LATENCY.prefault({}).describe('How latency is judged.'),
  window_ms: z
    .int()
    .min(1_000)
    .max(LONGEST_MS)
    .default(300_000)
    .describe(
      'Milliseconds after which a request is forgotten; until then it counts the less the older it is. Five minutes: long enough for a rate, short enough to trust a recovered model again soon.',
    ),
  pair_weight: z
    .number()
    .min(0)
    .max(1e6)
    .default(10)
    .describe(
      'Requests as many as which what is known of a model counts in what is said of one agent with it. As many as min_requests: with that many of its own, a pair counts half.',
    ),
  quality: QUALITY.prefault({}).describe('What people think of the answers.'),
  exploration_share: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe(
      'Share of the live requests that go to the model of which there is most to learn, instead of the one that is worth most; only into slots that are free within target. None: whoever turns it on gives up some quality to find better models.',
    ),
})
