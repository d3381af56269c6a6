import type { SimulatedModel, Scenario, TaskClass } from './scenario.js'

/** Worlds to compare routers in. Each is a plain value: spread it to change what is asked. */

const HOUR_MS = 3_600_000

export interface ReplicaOptions {
  /** Default 8 models of 4 slots. */
  readonly models?: number
  readonly slots?: number
  /** Share of the slots, > 0; default 0.85. */
  readonly load?: number
  /** Mean service and its coefficient of variation; default 1 s, 1. */
  readonly meanServiceMs?: number
  readonly cv?: number
  /** Default one hour, a twelfth of it to warm up. */
  readonly durationMs?: number
}

/** Models that are all alike, and one kind of request: nothing to choose but where there is room. */
export function equalReplicas(options: ReplicaOptions = {}): Scenario {
  return { ...replicas(options), load: options.load ?? 0.85 }
}

/** As they are, whatever comes. */
function replicas(options: ReplicaOptions): Scenario {
  const { models = 8, slots = 4, meanServiceMs = 1_000, cv = 1, durationMs = HOUR_MS } = options
  const ids = Array.from({ length: models }, (_, index) => `replica-${index}`)
  return {
    name: `${models} × ${slots} equal replicas`,
    models: ids.map((id) => ({
      id,
      maxConcurrent: slots,
      maxQueue: 1_000_000,
      targetUtilization: 1,
      service: { kind: 'drawn', ms: { kind: 'log_normal_mean', mean: meanServiceMs, cv } },
    })),
    classes: [{ id: 'any', candidates: ids.map((modelId) => ({ modelId, score: 50 })), maxWaitMs: HOUR_MS }],
    streams: [{ arrivals: { kind: 'poisson', perSecond: 1 }, mix: { any: 1 } }],
    durationMs,
    warmUpMs: durationMs / 12,
  }
}

/** Five models from strong and slow to weak and fast, by id: strengths per class, time to first token, time per token. */
const FIVE_MODELS: Readonly<
  Record<string, { scores: readonly number[]; firstTokenMs: number; tokenMs: number; slots: number }>
> = {
  granite: { scores: [88, 91, 86, 84], firstTokenMs: 1_400, tokenMs: 46, slots: 8 },
  marble: { scores: [79, 84, 80, 82], firstTokenMs: 900, tokenMs: 30, slots: 12 },
  slate: { scores: [83, 62, 66, 70], firstTokenMs: 600, tokenMs: 22, slots: 12 },
  amber: { scores: [58, 55, 71, 78], firstTokenMs: 400, tokenMs: 14, slots: 16 },
  quartz: { scores: [41, 38, 57, 66], firstTokenMs: 200, tokenMs: 7, slots: 16 },
}

const FOUR_CLASSES: Readonly<Record<string, { inputTokens: number; outputTokens: number; weight: number }>> =
  {
    coding: { inputTokens: 1_800, outputTokens: 320, weight: 3 },
    reasoning: { inputTokens: 600, outputTokens: 520, weight: 2 },
    summary: { inputTokens: 3_200, outputTokens: 160, weight: 2 },
    chat: { inputTokens: 400, outputTokens: 140, weight: 4 },
  }

/**
 * Five unequal models and four kinds of request that differ in what they gain by the strong ones.
 *
 * @param load - share of what the models can serve, see `Scenario.load`.
 */
export function unequalModels(load = 0.85, durationMs = 2 * HOUR_MS): Scenario {
  const models = Object.entries(FIVE_MODELS).map(
    ([id, { firstTokenMs, tokenMs, slots }]): SimulatedModel => ({
      id,
      maxConcurrent: slots,
      maxQueue: 4 * slots,
      targetUtilization: 1,
      pace: { firstTokenMs, outputTokenMs: tokenMs },
      service: {
        kind: 'tokens',
        firstTokenMs: { kind: 'log_normal_mean', mean: firstTokenMs, cv: 0.3 },
        outputTokenMs: tokenMs,
      },
    }),
  )
  const classes = Object.entries(FOUR_CLASSES).map(
    ([id, { inputTokens, outputTokens }], index): TaskClass => ({
      id,
      candidates: Object.entries(FIVE_MODELS).map(([modelId, { scores }]) => ({
        modelId,
        score: scores[index] as number,
      })),
      inputTokens: { kind: 'log_normal_mean', mean: inputTokens, cv: 0.8 },
      outputTokens: { kind: 'log_normal_mean', mean: outputTokens, cv: 0.9 },
      maxWaitMs: 120_000,
    }),
  )
  return {
    name: 'five unequal models × four task classes',
    models,
    classes,
    streams: [
      {
        arrivals: { kind: 'poisson', perSecond: 1 },
        mix: Object.fromEntries(Object.entries(FOUR_CLASSES).map(([id, { weight }]) => [id, weight])),
      },
    ],
    load,
    durationMs,
    warmUpMs: durationMs / 12,
  }
}

/** Equal replicas at 0.8, then for a while at 1.4, then 0.8 of what they can serve, with answers wanted in time. */
export function overload(): Scenario {
  const calm = replicas({ durationMs: 1_800_000 })
  const slots = calm.models.reduce((sum, { maxConcurrent }) => sum + maxConcurrent, 0)
  return {
    ...calm,
    name: 'overload with deadlines',
    models: calm.models.map((model) => ({ ...model, maxQueue: 4 * model.maxConcurrent })),
    classes: calm.classes.flatMap(({ candidates }): TaskClass[] => [
      { id: 'impatient', candidates, deadlineMs: 3_000, maxWaitMs: 3_000 },
      { id: 'patient', candidates, deadlineMs: 8_000, maxWaitMs: 8_000 },
    ]),
    streams: [
      {
        arrivals: {
          kind: 'phases',
          phases: [
            { durationMs: 600_000, perSecond: 0.8 * slots },
            { durationMs: 600_000, perSecond: 1.4 * slots },
            { durationMs: 600_000, perSecond: 0.8 * slots },
          ],
        },
        mix: { impatient: 1, patient: 1 },
      },
    ],
    warmUpMs: 0,
  }
}

/** One tenant asks for 1.5 times what there is; four polite ones together for a quarter of it. */
export function aggressiveTenant(): Scenario {
  const calm = replicas({ durationMs: 1_200_000 })
  const slots = calm.models.reduce((sum, { maxConcurrent }) => sum + maxConcurrent, 0)
  const polite = ['ada', 'ben', 'cleo', 'dan']
  const stream = (tenant: string, perSecond: number) => ({
    arrivals: { kind: 'poisson', perSecond } as const,
    mix: { any: 1 },
    tenant,
  })
  return {
    ...calm,
    name: 'a tenant at 1.5 × capacity',
    models: calm.models.map((model) => ({ ...model, maxQueue: 16 * model.maxConcurrent })),
    streams: [
      stream('greedy', 1.5 * slots),
      ...polite.map((tenant) => stream(tenant, (0.25 * slots) / polite.length)),
    ],
  }
}

/** Equal replicas that slow down beyond four fifths of their slots, with the target where the knee is. */
export function knee(load = 0.7): Scenario {
  const calm = equalReplicas({ slots: 10, models: 4, load })
  return {
    ...calm,
    name: 'a knee at 80 %',
    models: calm.models.map((model) => ({
      ...model,
      targetUtilization: 0.8,
      slowdown: { kneeShare: 0.8, factor: 3 },
    })),
  }
}

/** A hundred requests at once on three models of fifty slots, target 0.8: nobody has to wait, none may go beyond 40. */
export function hundredAtOnce(): Scenario {
  const ids = ['a', 'b', 'c']
  return {
    name: 'a hundred at once',
    models: ids.map((id) => ({
      id,
      maxConcurrent: 50,
      maxQueue: 20,
      targetUtilization: 0.8,
      service: { kind: 'drawn', ms: { kind: 'log_normal', median: 42, sigma: 0.52 } },
    })),
    classes: [{ id: 'any', candidates: ids.map((modelId) => ({ modelId, score: 80 })) }],
    streams: [
      {
        arrivals: {
          kind: 'trace',
          records: Array.from({ length: 100 }, () => ({ atMs: 0, classId: 'any' })),
        },
      },
    ],
    durationMs: 1_000,
  }
}

/** Half an hour in which everything goes wrong that can: clients, answers, limits, models, clocks, instances. */
export function badDay(): Scenario {
  const calm = unequalModels(0.8, 1_800_000)
  return {
    ...calm,
    name: 'a day with all faults',
    models: calm.models.map((model) => ({ ...model, targetUtilization: 0.8 })),
    classes: calm.classes.map((taskClass) => ({
      ...taskClass,
      maxWaitMs: 30_000,
      patienceMs: { kind: 'exponential', mean: 120_000 },
    })),
    warmUpMs: 0,
    dispatchMs: { kind: 'exponential', mean: 3 },
    faults: {
      instances: 3,
      clients: {
        leavesBeforeSubmit: 0.01,
        leavesWaiting: 0.02,
        leavesBeforeDispatch: 0.01,
        leavesStreaming: 0.03,
        leavesAfterwards: 0.02,
      },
      answers: {
        refused: 0.01,
        tooMany: 0.005,
        tooManyYet: 0.005,
        failed: 0.01,
        failedFast: 0.005,
        stalled: 0.005,
        cut: 0.01,
        crawled: 0.01,
      },
      settles: { twice: 0.02 },
      perMinute: {
        capacity: 0.5,
        removal: 0.2,
        report: 0.5,
        clock: 0.3,
        crash: 0.3,
        outage: 0.5,
        meanMs: 20_000,
      },
    },
  }
}
