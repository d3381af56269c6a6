/**
 * How long does one edit of a solved problem take: a row arrives, leaves or changes, a capacity changes by one?
 *
 *   npm run incremental --workspace bench            (name of the results file: --name <name>, --rounds <events of each kind>)
 */
import { parseArgs } from 'node:util'
import { FAMILIES, REGIMES } from './families.js'
import { EVENTS, Subject } from './measure.js'
import { saveReport } from '../report.js'

const SIZES = [
  { rows: 1_000, cols: 10 },
  { rows: 10_000, cols: 100 },
]
const SEED = 20_261_123
const WARM_UP_ROUNDS = 300
/** So many rounds between two proofs. */
const ROUNDS_PER_PROOF = 100

const { values } = parseArgs({
  options: { name: { type: 'string', default: 'latest' }, rounds: { type: 'string', default: '1000' } },
})
const rounds = Number(values.rounds)

const settings = SIZES.flatMap((size) =>
  FAMILIES.flatMap((family) => REGIMES.map((regime) => ({ ...size, family, regime }))),
)
console.log(
  `median / p95 µs of one event; gap: the worst of ${Math.floor(rounds / ROUNDS_PER_PROOF) + 1} proofs`,
)
console.log(`| rows × cols | family | regime | ${EVENTS.join(' | ')} | gap |`)
console.log(`| ----------: | :----- | :----- | ${EVENTS.map(() => '---:').join(' | ')} | --: |`)
const rows = settings.map((setting) => {
  const subject = new Subject(setting, SEED)
  for (let round = 0; round < WARM_UP_ROUNDS; round++) subject.play(false)
  let worstGap = subject.gap()
  for (let round = 1; round <= rounds; round++) {
    subject.play(true)
    if (round % ROUNDS_PER_PROOF === 0) worstGap = Math.max(worstGap, Math.abs(subject.gap()))
  }
  const events = Object.fromEntries(EVENTS.map((kind) => [kind, subject.figures(kind)]))
  const cells = EVENTS.map((kind) => `${events[kind]?.medianUs} / ${events[kind]?.p95Us}`)
  const { family, regime } = setting
  console.log(
    `| ${setting.rows} × ${setting.cols} | ${family} | ${regime} | ${cells.join(' | ')} | ${worstGap} |`,
  )
  return { ...setting, coldMs: Math.round(subject.coldMs), worstGap, events }
})

saveReport(import.meta.url, values.name, {
  question: 'microseconds of one edit of a solved transportation problem, each event timed on its own',
  command: `npm run incremental --workspace bench -- --name ${values.name} --rounds ${rounds}`,
  seed: SEED,
  warmUpRounds: WARM_UP_ROUNDS,
  roundsPerProof: ROUNDS_PER_PROOF,
  rows,
})
