/**
 * What does it cost the path of a request that everybody is told how it ended: measures, learning, alerts, history?
 *
 *   npm run recording:all --workspace bench            (name of the results file: --name <name>)
 */
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { openAlertDesk } from '../../packages/server/src/cli/alerting.js'
import { recordHistory } from '../../packages/server/src/cli/history.js'
import { startLearning } from '../../packages/server/src/cli/learning.js'
import { createLedger } from '../../packages/server/src/cli/ledger.js'
import { liveView } from '../../packages/server/src/cli/live-view.js'
import { createTelemetry } from '../../packages/server/src/cli/telemetry.js'
import { parseConfig } from '../../packages/server/src/config/parse.js'
import { Registry } from '../../packages/server/src/registry/registry.js'
import { openStores } from '../../packages/server/src/storage/stores.js'
import { saveReport } from '../report.js'
import { RECORDS, recordsOf } from './records.js'
import { median, timed } from './timing.js'

const ROUNDS = 60
const SETTINGS = [
  { models: 3, agents: 5 },
  { models: 16, agents: 50 },
  { models: 100, agents: 100 },
]

const { values } = parseArgs({ options: { name: { type: 'string', default: 'all-latest' } } })

const rows: { models: number; agents: number; endedNs: number }[] = []
console.log('| models | agents | all told, ns |')
console.log('| -----: | -----: | -----------: |')
for (const setting of SETTINGS) {
  const endedNs = await measure(setting)
  rows.push({ ...setting, endedNs })
  console.log(`| ${setting.models} | ${setting.agents} | ${endedNs.toFixed(0)} |`)
}
saveReport(import.meta.url, values.name, {
  question: 'one ended request told to everybody an instance of defaults has: median of rounds of 5,000',
  command: `npm run recording:all --workspace bench -- --name ${values.name}`,
  rows,
})

/** @returns nanoseconds per request that ended. */
async function measure({ models, agents }: (typeof SETTINGS)[number]): Promise<number> {
  const config = parseConfig(
    JSON.stringify({
      models: Array.from({ length: models }, (_, i) => ({
        id: `m${i}`,
        base_url: 'http://127.0.0.1:1/v1',
        max_concurrent: 10,
      })),
      agents: Array.from({ length: agents }, (_, i) => ({ id: `a${i}` })),
      // Nothing is stored while it is measured, so all must find room.
      history: { buffer_rows: 1_000_000 },
    }),
    {},
    'the bench',
  )
  let nowMs = Date.now()
  const clock = () => nowMs
  const log = pino({ level: 'silent' })
  const stores = await openStores('file::memory:')
  const registry = await Registry.open({
    store: stores.registry,
    models: config.models,
    agents: config.agents,
  })
  const ledger = createLedger(config, registry, clock)
  const hedges = { made: 0, won: 0, refused: 0 }
  const live = liveView({ ledger, hedges: () => hedges, clock, isDraining: () => false })
  const solver = { solve: nothingToSolve, pending: () => 0, close: () => Promise.resolve() }
  const shared = { config, ledger, live, clock, log }
  const telemetry = createTelemetry({
    ...shared,
    registry,
    store: stores.rollups,
    workers: () => new Map(),
    version: '',
  })
  const history = await recordHistory({ ...shared, stores, collectors: telemetry.collectors })
  const learning = await startLearning({ ...shared, registry, store: stores.quality, history })
  const alerts = await openAlertDesk({ ...shared, registry, store: stores.alerts, solver })
  const records = recordsOf(models, agents)
  const taken: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    nowMs += 1_000
    taken.push(timed(() => records.forEach((record) => ledger.ended(record))) / RECORDS)
  }
  for (const part of [learning, alerts, telemetry]) await part.stop()
  await stores.close()
  return median(taken)
}

function nothingToSolve(): Promise<never> {
  return Promise.reject(new Error('nothing is redistributed here'))
}
