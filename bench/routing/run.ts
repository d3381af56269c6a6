/**
 * How near does routing come to the best there is? Worlds in virtual time around the router that ships, every policy and
 * baseline on the same requests.
 *
 *   npm run routing --workspace bench
 *   npm run routing --workspace bench -- --only unequal        one question (names below)
 *   npm run routing --workspace bench -- --data <folder>       with recorded traces, see traces.ts and correctness.ts
 *
 * Further options: --quick (a quarter of the time, two seeds), --seeds <5>, --name <of the results' files>.
 */
import { parseArgs } from 'node:util'
import { saveReport } from '../report.js'
import { burst } from './burst.js'
import { correctness } from './correctness.js'
import { headroom } from './headroom.js'
import { knee } from './knee.js'
import { overload } from './overload.js'
import type { Question, Setting } from './question.js'
import { replicas } from './replicas.js'
import { tenants } from './tenants.js'
import { traces } from './traces.js'
import { fleets, seven, unequal } from './unequal.js'

const QUESTIONS: readonly Question[] = [
  replicas,
  headroom,
  unequal,
  seven,
  fleets,
  overload,
  tenants,
  knee,
  burst,
  traces,
  correctness,
]

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'latest' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    seeds: { type: 'string' },
    data: { type: 'string' },
  },
})
const count = Number(values.seeds ?? (values.quick ? 2 : 5))
const setting: Setting = {
  seeds: Array.from({ length: count }, (_, index) => index + 1),
  scale: values.quick ? 0.25 : 1,
  dataPath: values.data,
}
const asked = QUESTIONS.filter(
  ({ name }) => values.only === undefined || values.only.split(',').includes(name),
)
if (asked.length === 0)
  throw new Error(`--only must be one of ${QUESTIONS.map(({ name }) => name).join(', ')}`)

for (const { name, question, ask } of asked) {
  console.log(`\n## ${name}: ${question}\n`)
  const { text, rows } = await ask(setting)
  console.log(text)
  saveReport(import.meta.url, `${values.name}.${name}`, {
    question,
    command: `npm run routing --workspace bench -- --only ${name}`,
    seeds: setting.seeds,
    scale: setting.scale,
    hasData: setting.dataPath !== undefined,
    rows,
  })
}
