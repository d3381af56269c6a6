/**
 * What does it cost to count and measure an ended request, to close ten seconds, and to be scraped?
 *
 *   npm run recording --workspace bench            (name of the results file: --name <name>)
 */
import { parseArgs } from 'node:util'
import { requestFamilies } from '../../packages/server/src/telemetry/collectors/requests.js'
import { expositionOf } from '../../packages/server/src/telemetry/exposition.js'
import { Meters } from '../../packages/server/src/telemetry/meters.js'
import { saveReport } from '../report.js'
import { RECORDS, recordsOf } from './records.js'
import { median, timed } from './timing.js'

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
