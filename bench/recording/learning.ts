/**
 * What does it cost to learn from an ended request, and to look once a second whether scores have moved by it?
 *
 *   npm run recording:learning --workspace bench            (name of the results file: --name <name>)
 */
import { parseArgs } from 'node:util'
import { Judgement, PerformanceHistory, type Performance } from '@loadstar/core'
import { hasMoved } from '../../packages/server/src/learning/movement.js'
import { RecentCalls } from '../../packages/server/src/learning/recent-calls.js'
import { saveReport } from '../report.js'
import { RECORDS, recordsOf } from './records.js'
import { median, timed } from './timing.js'

const ROUNDS = 60
const SETTINGS = [
  { models: 3, agents: 5 },
  { models: 16, agents: 50 },
  { models: 40, agents: 100 },
]

const { values } = parseArgs({ options: { name: { type: 'string', default: 'learning-latest' } } })

const rows = SETTINGS.map((setting) => ({ ...setting, ...measure(setting) }))
console.log('| models | agents | measured, ns | remembered, ns | looked, ms |')
console.log('| -----: | -----: | -----------: | -------------: | ---------: |')
for (const { models, agents, measuredNs, rememberedNs, lookedMs } of rows) {
  const cells = [models, agents, measuredNs.toFixed(0), rememberedNs.toFixed(0), lookedMs.toFixed(2)]
  console.log(`| ${cells.join(' | ')} |`)
}
saveReport(import.meta.url, values.name, {
  question:
    'one ended request measured, and remembered for votes; one look at whether any score has moved; medians',
  command: `npm run recording:learning --workspace bench -- --name ${values.name}`,
  rows,
})

function measure({ models, agents }: (typeof SETTINGS)[number]) {
  const history = new PerformanceHistory()
  const calls = new RecentCalls()
  const judgement = new Judgement({ adaptive: {} })
  const records = recordsOf(models, agents)
  const observations = records.map(({ asked, attempts: [attempt] }) => ({
    modelId: attempt?.modelId ?? '',
    agentId: asked?.agentId,
    isSuccess: true,
    latencyMs: attempt?.serviceMs ?? 0,
    outputTokens: attempt?.outputTokens,
  }))
  const [measured, remembered, looked]: [number[], number[], number[]] = [[], [], []]
  let published = snapshotOf(history, 0)
  for (let round = 1; round <= ROUNDS; round++) {
    const nowMs = round * 1_000
    measured.push(timed(() => observations.forEach((one) => history.record(one, nowMs))) / RECORDS)
    remembered.push(timed(() => records.forEach((record) => calls.note(record))) / RECORDS)
    looked.push(
      timed(() => {
        const current = snapshotOf(history, nowMs)
        if (hasMoved(published, current, judgement)) published = current
      }),
    )
  }
  return {
    measuredNs: median(measured),
    rememberedNs: median(remembered),
    lookedMs: median(looked) / 1e6,
  }
}

/** All of models and pairs, as the instance tells it to its processes. */
function snapshotOf(history: PerformanceHistory, nowMs: number) {
  const performance: [string, Performance][] = []
  const pairs: [string, [string, Performance][]][] = []
  for (const modelId of history.modelIds()) {
    const own = history.of(modelId, nowMs)
    if (own !== undefined) performance.push([modelId, own])
    const known = [...history.agentsOf(modelId)].flatMap((agentId): [string, Performance][] => {
      const pair = history.ofPair(modelId, agentId, nowMs)
      return pair === undefined ? [] : [[agentId, pair]]
    })
    pairs.push([modelId, known])
  }
  return { performance, pairs, strengths: [] }
}
