/**
 * What does it cost to count and measure an ended request, to close ten seconds, and to be scraped?
 *
 *   npm run recording --workspace bench            (name of the results file: --name <name>)
 */
import { parseArgs } from 'node:util'
import { seededRandom } from '@loadstar/core'
import type { ExchangeRecord } from '../../packages/server/src/gateway/record.js'
import { requestFamilies } from '../../packages/server/src/telemetry/collectors/requests.js'
import { expositionOf } from '../../packages/server/src/telemetry/exposition.js'
import { Meters } from '../../packages/server/src/telemetry/meters.js'
import { saveReport } from '../report.js'

const RECORDS = 5_000
const ROUNDS = 60
const SETTINGS = [
  { models: 3, agents: 5 },
  { models: 16, agents: 50 },
  { models: 100, agents: 100 },
]

const { values } = parseArgs({ options: { name: { type: 'string', default: 'latest' } } })

const rows = SETTINGS.map((setting) => ({ ...setting, ...measure(setting) }))
console.log('| models | agents | recorded, ns | closed, ms | scraped, ms |')
console.log('| -----: | -----: | -----------: | ---------: | ----------: |')
for (const { models, agents, recordedNs, closedMs, scrapedMs } of rows) {
  const cells = [models, agents, recordedNs.toFixed(0), closedMs.toFixed(2), scrapedMs.toFixed(2)]
  console.log(`| ${cells.join(' | ')} |`)
}
saveReport(import.meta.url, values.name, {
  question:
    'one ended request counted and measured; all sketches closed after ten seconds; one scrape; medians',
  command: `npm run recording --workspace bench -- --name ${values.name}`,
  rows,
})

function measure({ models, agents }: (typeof SETTINGS)[number]) {
  let nowMs = 0
  const meters = new Meters({
    clock: () => nowMs,
    isModel: () => true,
    isAgent: () => true,
    mostModels: models,
    mostAgents: agents,
  })
  const records = recordsOf(models, agents)
  const recorded: number[] = []
  const closed: number[] = []
  const scraped: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    recorded.push(timed(() => records.forEach((record) => meters.ended(record))) / RECORDS)
    scraped.push(timed(() => expositionOf([() => requestFamilies(meters)])))
    nowMs += 10_000
    closed.push(
      timed(() => {
        meters.roll()
        meters.each((_kind, subject) => subject.advance(nowMs))
      }),
    )
  }
  return { recordedNs: median(recorded), closedMs: median(closed) / 1e6, scrapedMs: median(scraped) / 1e6 }
}

/** Streams answered by one model each, of durations as they come. */
function recordsOf(models: number, agents: number): ExchangeRecord[] {
  const random = seededRandom(1)
  return Array.from({ length: RECORDS }, (_, i): ExchangeRecord => {
    const serviceMs = 200 + 800 * random()
    return {
      requestId: `r${i}`,
      keyId: undefined,
      chargeId: undefined,
      api: 'chat',
      outcome: 'completed',
      status: 200,
      startedMs: 0,
      asked: {
        model: 'auto',
        agentId: `a${Math.floor(agents * random())}`,
        task: undefined,
        mustHave: [],
        priority: 'default',
        isStream: true,
      },
      totalMs: serviceMs + 1,
      queueMs: 5 * random(),
      overheadMs: random(),
      attempts: [
        {
          modelId: `m${Math.floor(models * random())}`,
          leaseId: i,
          score: 80,
          outcome: 'completed',
          queueMs: 0,
          serviceMs,
          firstByteMs: 100 * random() + 20,
          inputTokens: 500,
          outputTokens: 100,
          costUsd: 0.001,
        },
      ],
    }
  })
}

/** @returns nanoseconds of processor time: what others do on the machine meanwhile does not count. */
function timed(work: () => void): number {
  const started = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(started)
  return (user + system) * 1_000
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}
