import { type Scenario, seededRandom, type SimulatedModel, type TaskClass } from '@loadstar/core'

/** A fleet as few numbers; all else is as in the five unequal models that ship with the simulation. */
interface Fleet {
  readonly name: string
  /** Score of each class at the model, of 100. */
  readonly models: Readonly<
    Record<string, { scores: readonly number[]; firstTokenMs: number; tokenMs: number; slots: number }>
  >
  /** How often a class comes, and how long its answers are: mean and coefficient of variation. */
  readonly classes: Readonly<Record<string, { weight: number; outputTokens: number; cv: number }>>
  readonly load: number
  readonly durationMs: number
}

/** Three big models of many slots and four small ones, answers of very unequal length, scores that do not follow speed. */
export function sevenModels(load: number, durationMs: number): Scenario {
  return scenarioOf({
    name: 'seven unequal models × three task classes',
    models: {
      basalt: { scores: [92, 80, 74], firstTokenMs: 2_500, tokenMs: 60, slots: 24 },
      coral: { scores: [70, 88, 76], firstTokenMs: 800, tokenMs: 35, slots: 20 },
      flint: { scores: [64, 66, 75], firstTokenMs: 300, tokenMs: 18, slots: 32 },
      jade: { scores: [90, 50, 60], firstTokenMs: 900, tokenMs: 25, slots: 4 },
      opal: { scores: [45, 84, 55], firstTokenMs: 500, tokenMs: 20, slots: 3 },
      pearl: { scores: [40, 42, 73], firstTokenMs: 150, tokenMs: 8, slots: 6 },
      topaz: { scores: [30, 35, 68], firstTokenMs: 80, tokenMs: 4, slots: 2 },
    },
    classes: {
      long: { weight: 1, outputTokens: 900, cv: 1.2 },
      medium: { weight: 3, outputTokens: 300, cv: 0.6 },
      short: { weight: 6, outputTokens: 60, cv: 0.8 },
    },
    load,
    durationMs,
  })
}

/** A fleet drawn from its seed: nobody has tuned anything on it. Three to nine models, two to six classes. */
export function drawnFleet(seed: number, load: number, durationMs: number): Scenario {
  const random = seededRandom(seed, 77)
  const between = (low: number, high: number) => low + random() * (high - low)
  /** Evenly on a scale of factors. */
  const around = (low: number, high: number) => low * (high / low) ** random()
  const named = (letter: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${letter}${index}`)
  const classIds = named('class-', Math.floor(between(2, 7)))
  const models = named('model-', Math.floor(between(3, 10))).map((id) => {
    const tokenMs = around(4, 60)
    // Slow models tend to be the better ones, by a third of what there is to differ in, and far from always.
    const strength = 35 + 20 * (Math.log(tokenMs / 4) / Math.log(15)) + between(0, 20)
    const scores = classIds.map(() => Math.min(100, strength + between(0, 25)))
    return [
      id,
      { scores, firstTokenMs: around(100, 2_000), tokenMs, slots: Math.round(around(2, 32)) },
    ] as const
  })
  const classes = classIds.map(
    (id) => [id, { weight: around(0.5, 5), outputTokens: around(40, 800), cv: between(0.3, 1.3) }] as const,
  )
  return scenarioOf({
    name: `fleet ${seed}: ${models.length} models × ${classes.length} classes`,
    models: Object.fromEntries(models),
    classes: Object.fromEntries(classes),
    load,
    durationMs,
  })
}

function scenarioOf({ name, models, classes, load, durationMs }: Fleet): Scenario {
  const entries = Object.entries(models)
  return {
    name,
    models: entries.map(([id, { firstTokenMs, tokenMs, slots }]): SimulatedModel => ({
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
    })),
    classes: Object.entries(classes).map(([id, { outputTokens, cv }], index): TaskClass => ({
      id,
      candidates: entries.map(([modelId, { scores }]) => ({ modelId, score: scores[index] as number })),
      outputTokens: { kind: 'log_normal_mean', mean: outputTokens, cv },
      maxWaitMs: 120_000,
    })),
    streams: [
      {
        arrivals: { kind: 'poisson', perSecond: 1 },
        mix: Object.fromEntries(Object.entries(classes).map(([id, { weight }]) => [id, weight])),
      },
    ],
    load,
    durationMs,
    warmUpMs: durationMs / 12,
  }
}
