/**
 * How long does one decision with its account take: submit and settle, nothing else?
 *
 *   npm run decision --workspace bench            (name of the results file: --name <name>)
 */
import { parseArgs } from 'node:util'
import { type Setting } from './fill.js'
import { Subject } from './measure.js'
import { saveReport } from '../report.js'

const ROUNDS = 40
const BATCHES_PER_ROUND = 50
const MODEL_COUNTS = [3, 16, 64, 256]
/** Longer than any burst a gateway should hold, so that a cost growing with the queue would show. */
const WAITING = 1_000

const { values } = parseArgs({ options: { name: { type: 'string', default: 'latest' } } })

const settings: Setting[] = MODEL_COUNTS.flatMap((models) =>
  [0, WAITING].flatMap((waiting) => [false, true].map((isExplained) => ({ models, waiting, isExplained }))),
)
const subjects = settings.map((setting) => new Subject(setting))
for (let round = 0; round < ROUNDS; round++) {
  for (const subject of subjects) subject.measure(BATCHES_PER_ROUND)
}

const rows = subjects.map((subject) => ({ ...subject.setting, ...subject.figures() }))
const micro = (ns: number) => (ns / 1_000).toFixed(2)
console.log('| models | waiting | explained | median µs | p99 µs |')
console.log('| -----: | ------: | :-------- | --------: | -----: |')
for (const row of rows) {
  const explained = row.isExplained ? 'yes' : 'no'
  console.log(
    `| ${row.models} | ${row.waiting} | ${explained} | ${micro(row.medianNs)} | ${micro(row.p99Ns)} |`,
  )
}

saveReport(import.meta.url, values.name, {
  question: 'nanoseconds of one submit and one settle, core only, in batches',
  command: `npm run decision --workspace bench -- --name ${values.name}`,
  rows,
})
