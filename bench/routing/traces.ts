import {
  type Scenario,
  scenarios,
  type SimulatedModel,
  type TaskClass,
  type TraceRecord,
} from '@loadstar/core'
import { BOUND_AT_ARRIVAL, type Contender, queueingAtModels, run, SHIPPED } from './contender.js'
import { loadHighs } from './highs.js'
import { pooled } from './pooled.js'
import type { Answer, Question, Setting } from './question.js'
import { spanned, table } from './table.js'
import { type Trace, twoServices } from './trace.js'
import { against, valueTable } from './value-table.js'
import { valueRows } from './value.js'

const LOADS = [0.5, 0.7, 0.85]
/** How many output tokens an input token takes the time of: reading is done many at once. */
const INPUT_SHARE = 0.01
const CONTENDERS: readonly Contender[] = [...SHIPPED, ...BOUND_AT_ARRIVAL]

export const traces: Question = {
  name: 'traces',
  question: 'two recorded services at once (--data), on equal replicas and on five unequal models',
  async ask(setting) {
    const trace = twoServices(setting.dataPath)
    const alike = onReplicas(trace, setting)
    const unlike = await onUnequal(trace, setting)
    return {
      text: `${trace.name}, ${trace.records.length} requests.\n\n${alike.text}\n\n${unlike.text}`,
      rows: [...alike.rows, ...unlike.rows],
    }
  },
}

/** P99 as a ratio to one queue over all slots. */
function onReplicas(trace: Trace, { seeds }: Setting): Answer {
  const rows = LOADS.flatMap((load) => {
    const { models, ...calm } = scenarios.equalReplicas()
    const service = { kind: 'log_normal_mean', mean: 300, cv: 0.3 } as const
    const scenario = queueingAtModels(
      played(trace, load, {
        ...calm,
        models: models.map((model) => ({ ...model, service: tokenService(service, 20) })),
        classes: classesOf(models.map(({ id }) => ({ modelId: id, score: 50 }))),
      }),
    )
    return seeds.flatMap((seed) => {
      const bound = pooled(scenario, seed)
      return CONTENDERS.map((contender) => {
        const { p99 } = run(contender, scenario, seed).overall.latencyMs
        return { trace: trace.name, contender: contender.name, load, seed, p99Ms: p99 ?? NaN, ...bound }
      })
    })
  })
  const cell = (name: string, load: number) => {
    const these = rows.filter((row) => row.contender === name && row.load === load)
    const p99 = spanned(
      these.map(({ p99Ms }) => p99Ms),
      1,
      0.001,
    )
    return `${spanned(
      these.map(({ p99Ms, boundMs }) => p99Ms / boundMs),
      2,
    )}; ${p99}`
  }
  const text = table(
    ['8 × 4 equal replicas: P99 / one queue; P99 s', ...LOADS.map((load) => `@ ${load.toFixed(2)}`)],
    CONTENDERS.map(({ name }) => [name, ...LOADS.map((load) => cell(name, load))]),
  )
  return { text, rows }
}

async function onUnequal(trace: Trace, { seeds }: Setting): Promise<Answer> {
  const highs = await loadHighs()
  const calm = scenarios.unequalModels()
  const [coding, , , chat] = calm.classes
  if (coding === undefined || chat === undefined) throw new Error('the scenario has four classes')
  const rows = LOADS.flatMap((load) => {
    const scenario = played(trace, load, {
      ...calm,
      models: calm.models.map((model) => {
        const { service } = model
        if (service.kind !== 'tokens') throw new Error('models answer token by token')
        return { ...model, service: tokenService(service.firstTokenMs, service.outputTokenMs) }
      }),
      classes: [
        { id: 'code', candidates: coding.candidates, maxWaitMs: 120_000 },
        { id: 'conv', candidates: chat.candidates, maxWaitMs: 120_000 },
      ],
    })
    return seeds.flatMap((seed) => valueRows({ scenario, load, seed, timeValues: [1], highs }))
  })
  const comparisons = ['weighted_load 0.3', 'weighted_load 1', 'round_robin'].map(
    (rival) => `- ${against(rows, rival, 0.85)}`,
  )
  return { text: `Five unequal models:\n\n${valueTable(rows)}\n\n${comparisons.join('\n')}`, rows }
}

function tokenService(
  firstTokenMs: Extract<SimulatedModel['service'], { kind: 'tokens' }>['firstTokenMs'],
  outputTokenMs: number,
) {
  return { kind: 'tokens', firstTokenMs, outputTokenMs, inputTokenMs: INPUT_SHARE * outputTokenMs } as const
}

function classesOf(candidates: TaskClass['candidates']): readonly TaskClass[] {
  return ['code', 'conv'].map((id) => ({ id, candidates, maxWaitMs: 3_600_000 }))
}

/** The trace, played so fast that the load is offered; nothing is cut off, and there is no warm-up to lose a burst in. */
function played(trace: Trace, load: number, { models, classes, router }: Scenario): Scenario {
  const records = pacedTo(load, trace.records, models)
  return {
    name: trace.name,
    models,
    classes,
    ...(router === undefined ? {} : { router }),
    streams: [{ arrivals: { kind: 'trace', records } }],
    durationMs: records.at(-1)?.atMs ?? 1,
  }
}

/** Load as scenarios have it: requests per second / Σ over models of slots / mean service seconds. */
function pacedTo(
  load: number,
  records: readonly TraceRecord[],
  models: readonly SimulatedModel[],
): TraceRecord[] {
  const mean = (of: (record: TraceRecord) => number) =>
    records.reduce((sum, record) => sum + of(record), 0) / records.length
  const inputTokens = mean((record) => record.inputTokens ?? 0)
  const outputTokens = mean((record) => record.outputTokens ?? 0)
  const servedPerMs = models.reduce((sum, { service, maxConcurrent }) => {
    if (service.kind !== 'tokens' || service.firstTokenMs.kind !== 'log_normal_mean') {
      throw new Error('models answer token by token')
    }
    const tokensMs = inputTokens * (service.inputTokenMs ?? 0) + outputTokens * service.outputTokenMs
    return sum + maxConcurrent / (service.firstTokenMs.mean + tokensMs)
  }, 0)
  const spanMs = records.length / (load * servedPerMs)
  const factor = spanMs / (records.at(-1)?.atMs ?? 1)
  return records.map((record) => ({ ...record, atMs: record.atMs * factor }))
}
