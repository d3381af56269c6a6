import {
  type RandomSource,
  type Scenario,
  seededRandom,
  type TaskClass,
  type TraceRecord,
} from '@loadstar/core'
import { exam, type Prompt } from './exam.js'
import { fluidBound } from './fluid-bound.js'
import { type Contender, run } from './contender.js'
import { type Highs, loadHighs } from './highs.js'
import type { Question } from './question.js'
import { spanned, table } from './table.js'

const LOAD = 0.9
const SLOTS = 40
const MEAN_MS = 1_000
/** Share of the traffic that the strong model's slots can carry. */
const STRONG_SHARES = [0.3, 0.5, 0.7]
const REPLAYS = 4

const CONTENDERS: readonly Contender[] = [
  { name: 'bid', options: { policy: 'bid' } },
  { name: 'bid, time value 0.1', options: { policy: 'bid', bid: { timeValue: 0.1 } } },
  { name: 'weighted_load 0.3', options: { policy: 'weighted_load', loadWeight: 0.3 } },
  { name: 'weighted_load 1', options: { policy: 'weighted_load', loadWeight: 1 } },
  { name: 'least_utilization', options: { policy: 'least_utilization' } },
]
const SUBJECT_BOUND = 'bound, knowing the subject'
const PROMPT_BOUND = 'bound, knowing every answer'

export const correctness: Question = {
  name: 'correctness',
  question:
    'answers that were right, of two models of which one is better, when only the subject is known (--data)',
  async ask({ seeds, dataPath }) {
    const highs = await loadHighs()
    const { name, prompts } = exam(dataPath)
    const rows = STRONG_SHARES.flatMap((strongShare) =>
      seeds.flatMap((seed) => {
        const { world, told } = worldOf(prompts, strongShare, seededRandom(seed, 5))
        return [
          ...CONTENDERS.map((contender) => {
            const { quality, latencyMs } = run(contender, world, seed).overall
            return {
              exam: name,
              contender: contender.name,
              strongShare,
              seed,
              right: quality ?? NaN,
              p99Ms: latencyMs.p99,
            }
          }),
          ...boundRows(world, told, seed, highs).map((row) => ({ exam: name, strongShare, seed, ...row })),
        ]
      }),
    )
    const names = [...CONTENDERS.map((contender) => contender.name), SUBJECT_BOUND, PROMPT_BOUND]
    const text = table(
      ['right, %; the strong model can carry', ...STRONG_SHARES.map((share) => `${100 * share} %`)],
      names.map((contender) => [
        contender,
        ...STRONG_SHARES.map((share) =>
          spanned(
            rows
              .filter((row) => row.contender === contender && row.strongShare === share)
              .map(({ right }) => right),
            1,
          ),
        ),
      ]),
    )
    return {
      text: `${name}, ${prompts.length} prompts, half of them to learn the subjects from.\n\n${text}`,
      rows,
    }
  },
}

function boundRows(world: Scenario, told: Scenario, seed: number, highs: Highs) {
  return [
    { contender: SUBJECT_BOUND, right: fluidBound(told, seed, 0, highs).value },
    { contender: PROMPT_BOUND, right: fluidBound(world, seed, 0, highs).value },
  ]
}

/** Every other prompt teaches the subjects; the others are asked. `told` has a class per subject instead of per answer. */
function worldOf(prompts: readonly Prompt[], strongShare: number, random: RandomSource) {
  const learnt = bySubject(prompts.filter((_, index) => index % 2 === 0))
  const asked = prompts.filter((_, index) => index % 2 === 1)
  const truth = bySubject(asked)
  const perSecond = (LOAD * SLOTS * 1_000) / MEAN_MS
  const strongSlots = Math.round((strongShare * perSecond * MEAN_MS) / 1_000)
  const records: TraceRecord[] = []
  let atMs = 0
  for (let replay = 0; replay < REPLAYS; replay++) {
    for (const { subject, weak, strong } of shuffled(asked, random)) {
      atMs += (-Math.log(1 - random()) * 1_000) / perSecond
      records.push({ atMs, classId: `${subject}/${Number(weak)}${Number(strong)}` })
    }
  }
  const classes = [...learnt.keys()].flatMap((subject) => {
    const scores = learnt.get(subject) as Accuracy
    return ['00', '01', '10', '11'].map((flags) =>
      classOf(`${subject}/${flags}`, scores, {
        weak: 100 * Number(flags[0]),
        strong: 100 * Number(flags[1]),
      }),
    )
  })
  const world = scenarioOf(classes, records, strongSlots)
  const told = scenarioOf(
    [...learnt].map(([subject, scores]) => classOf(subject, scores, truth.get(subject) ?? scores)),
    records.map((record) => ({ ...record, classId: record.classId.slice(0, -3) })),
    strongSlots,
  )
  return { world, told }
}

interface Accuracy {
  readonly weak: number
  readonly strong: number
}

/** Right answers of a hundred. */
function bySubject(prompts: readonly Prompt[]): ReadonlyMap<string, Accuracy> {
  const groups = new Map<string, Prompt[]>()
  for (const prompt of prompts) groups.set(prompt.subject, [...(groups.get(prompt.subject) ?? []), prompt])
  const share = (list: readonly Prompt[], of: 'weak' | 'strong') =>
    (100 * list.filter((prompt) => prompt[of]).length) / list.length
  return new Map(
    [...groups].map(([subject, list]) => [
      subject,
      { weak: share(list, 'weak'), strong: share(list, 'strong') },
    ]),
  )
}

function classOf(id: string, score: Accuracy, quality: Accuracy): TaskClass {
  return {
    id,
    candidates: (['strong', 'weak'] as const).map((modelId) => ({
      modelId,
      score: score[modelId],
      quality: quality[modelId],
    })),
    maxWaitMs: 3_600_000,
  }
}

function scenarioOf(
  classes: readonly TaskClass[],
  records: readonly TraceRecord[],
  strongSlots: number,
): Scenario {
  const slots = { strong: strongSlots, weak: SLOTS - strongSlots }
  const durationMs = records.at(-1)?.atMs ?? 1
  return {
    name: 'an exam',
    models: Object.entries(slots).map(([id, maxConcurrent]) => ({
      id,
      maxConcurrent,
      maxQueue: 1_000_000,
      targetUtilization: 1,
      service: { kind: 'drawn', ms: { kind: 'log_normal_mean', mean: MEAN_MS, cv: 1 } },
    })),
    classes,
    streams: [{ arrivals: { kind: 'trace', records } }],
    durationMs,
    warmUpMs: durationMs / 12,
  }
}

function shuffled<T>(list: readonly T[], random: RandomSource): readonly T[] {
  return list
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
