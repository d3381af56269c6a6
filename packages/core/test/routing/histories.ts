import fc from 'fast-check'
import type { RoutedModel } from '../../src/catalog/model.js'
import type { LoadReport } from '../../src/load/load.js'
import { POLICIES, type PolicyName } from '../../src/routing/options.js'
import { LEASE_OUTCOMES, type LeaseOutcome } from '../../src/routing/outcome.js'
import { PRIORITIES, type Priority } from '../../src/routing/priority.js'
import type { AnswerResult, RouteRequest } from '../../src/routing/submission.js'
import { HEALTH } from './naive-health.js'
import type { NaiveOptions } from './naive-records.js'

/** Random histories of a router: what it begins with, and all that befalls it. */

export type Command =
  | { kind: 'submit'; request: Omit<RouteRequest, 'requestId'> }
  | { kind: 'settle'; which: number; outcome: LeaseOutcome; result: AnswerResult }
  | { kind: 'first_token'; which: number }
  | { kind: 'cancel'; which: number }
  | { kind: 'wake'; isWhenDue: boolean }
  | { kind: 'set_model'; model: RoutedModel }
  | { kind: 'remove_model'; modelId: string }
  | { kind: 'report'; modelId: string; report: LoadReport }
  | { kind: 'seed_prices'; points: [string, number][] }
  | { kind: 'set_queue_open'; modelId: string; isOpen: boolean }
  | { kind: 'owner_lost'; owner: string }
  | { kind: 'close' }
export type History = {
  readonly options: NaiveOptions
  readonly models: RoutedModel[]
  readonly steps: HistoryStep[]
}
export type HistoryStep = { readonly gapMs: number; readonly command: Command }

const MODEL_IDS = ['a', 'b', 'c', 'd'] as const
const OWNERS = ['x', 'y', 'z'] as const

const policy = fc.oneof(
  { weight: 1, arbitrary: fc.constant<PolicyName>('bid') },
  { weight: 1, arbitrary: fc.constantFrom(...POLICIES) },
)
/**
 * Points per second are powers of two, so that no rounding depends on the order in which a router multiplies; great ones,
 * because histories last some hundred milliseconds.
 */
const bid: fc.Arbitrary<NaiveOptions['bid']> = fc.record({
  timeValue: fc.constantFrom(1_024, 128, 1, 0),
  costWeight: fc.constantFrom(0, 128, 16_384),
  holdShare: fc.constantFrom(100, 2, 0.5, 0.1, 0),
  holdSlack: fc.constantFrom(0, 2, 16),
  priceTarget: fc.constantFrom(0.92, 0.3),
  repriceMs: fc.constantFrom(3, 20),
  priceWindow: fc.constantFrom(1, 4, 12),
})
const queue: fc.Arbitrary<NaiveOptions['queue']> = fc.record({
  ageingMs: fc.constantFrom(5_000, 30, 4),
  aboveTarget: fc.constantFrom<Priority[]>(['system'], [], ['interactive', 'bulk'], [...PRIORITIES]),
  floors: fc.constantFrom({}, {}, { interactive: 0.5 }, { system: 0.4, bulk: 0.6 }),
  rescueMs: fc.constantFrom(0, 8, 1_000),
  maxBytes: fc.constantFrom(2 ** 28, 8),
  outputWeight: fc.constantFrom(2, 0),
  shareSlack: fc.constantFrom(8_000, 300, 0),
})
const options: fc.Arbitrary<NaiveOptions> = fc.record({
  policy,
  bid,
  queue,
  loadWeight: fc.constant(0.3),
  maxWaitMs: fc.constantFrom(60, 60, 600),
  staleAfterMs: fc.constant(150),
  health: fc.constant(HEALTH),
  seed: fc.constant(7),
})

const modelId = fc.constantFrom(...MODEL_IDS)
const owner = fc.constantFrom(...OWNERS)
const routedModel = (id: string): fc.Arbitrary<RoutedModel> =>
  fc.record(
    {
      id: fc.constant(id),
      maxConcurrent: fc.oneof(
        { weight: 14, arbitrary: fc.integer({ min: 1, max: 3 }) },
        { weight: 1, arbitrary: fc.constant(0) },
      ),
      maxQueue: fc.nat(8),
      targetUtilization: fc.constantFrom(0.5, 0.57, 0.8, 1),
      price: fc.constantFrom(
        { inputUsdPerMTok: 1, outputUsdPerMTok: 4 },
        { inputUsdPerMTok: 0, outputUsdPerMTok: 0.5 },
      ),
      pace: fc.constantFrom({ firstTokenMs: 5, outputTokenMs: 0.25 }, { firstTokenMs: 40, outputTokenMs: 0 }),
    },
    { requiredKeys: ['id', 'maxConcurrent', 'maxQueue', 'targetUtilization'] },
  )
const scored = (ids: readonly string[]) => {
  return ids.map((modelId) =>
    fc.record({ modelId: fc.constant(modelId), score: fc.constantFrom(0, 50, 80, 90) }),
  )
}
const candidates = fc.oneof(
  // Often the same, so that lines are shared.
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      [
        { modelId: 'a', score: 80 },
        { modelId: 'b', score: 60 },
      ],
      [
        { modelId: 'b', score: 90 },
        { modelId: 'a', score: 80 },
        { modelId: 'c', score: 80 },
      ],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(['a', 'b'], ['c', 'ghost', 'b']).chain((ids) => fc.tuple(...scored(ids))),
  },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.constantFrom(...MODEL_IDS, 'ghost'), { maxLength: 4 })
      .chain((ids) => fc.tuple(...scored(ids))),
  },
)
const request = fc.record(
  {
    candidates,
    maxWaitMs: fc.constantFrom(0, 10, 200, 200, 200, 700),
    priority: fc.constantFrom('default', ...PRIORITIES),
    tenant: fc.constantFrom('red', 'red', 'green', 'blue'),
    deadlineMs: fc.constantFrom(1, 30, 300, 3_000, 3_000, 1e6, 1e6, 1e6),
    kind: fc.constantFrom('long', 'short'),
    inputTokens: fc.constantFrom(0, 100, 100),
    outputTokens: fc.constantFrom(0, 10, 400),
    bytes: fc.nat(4),
    explain: fc.constant(true),
    owner,
  },
  { requiredKeys: ['candidates', 'owner'] },
)
const result: fc.Arbitrary<AnswerResult> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record(
      { inputTokens: fc.constantFrom(80, 1_000), outputTokens: fc.constantFrom(0, 16, 333) },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ retryAfterMs: fc.constantFrom(0, 5, 20, 1_000) }) },
)
const report = fc.record(
  { activeRequests: fc.nat(4), queueDepth: fc.nat(3), avgLatencyMs: fc.constantFrom(7, 60) },
  { requiredKeys: ['activeRequests'] },
)
const points = fc.uniqueArray(fc.tuple(fc.constantFrom(...MODEL_IDS, 'ghost'), fc.constantFrom(0, 3, 50)), {
  selector: ([id]) => id,
  maxLength: 5,
})

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 240, arbitrary: fc.record({ kind: fc.constant('submit' as const), request }) },
  {
    weight: 120,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      which: fc.nat(12),
      outcome: fc.oneof(
        { weight: 1, arbitrary: fc.constant('completed' as const) },
        { weight: 2, arbitrary: fc.constantFrom(...LEASE_OUTCOMES) },
      ),
      result,
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('first_token' as const), which: fc.nat(12) }) },
  { weight: 20, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(8) }) },
  {
    weight: 40,
    arbitrary: fc.record({ kind: fc.constant('wake' as const), isWhenDue: fc.boolean() }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('set_model' as const), model: modelId.chain(routedModel) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('remove_model' as const), modelId }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('report' as const), modelId, report }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('seed_prices' as const), points }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('set_queue_open' as const),
      modelId,
      isOpen: fc.oneof(
        { weight: 1, arbitrary: fc.constant(false) },
        { weight: 2, arbitrary: fc.constant(true) },
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('owner_lost' as const), owner }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const) }) },
)
const history: fc.Arbitrary<History> = fc.record({
  options,
  models: fc.tuple(...MODEL_IDS.slice(0, 3).map(routedModel)),
  steps: fc.array(fc.record({ gapMs: fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 5, 10, 40, 200, -30), command }), {
    minLength: 1,
    size: 'max',
    maxLength: 80,
  }),
})

/** Fails with the seed and the shortest history found that breaks the property. */
export function everyHistory(check: (history: History) => void, numRuns = 150): void {
  fc.assert(fc.property(history, check), { numRuns })
}
