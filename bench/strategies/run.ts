/**
 * How long does a whole assignment take at the sizes people have: scoring, placing, proof and report?
 *
 *   npm run strategies --workspace bench            (name of the results file: --name <name>)
 */
import { parseArgs } from 'node:util'
import { assign, STRATEGIES } from '@loadstar/core'
import { population } from '../population.js'
import { saveReport } from '../report.js'

const SIZES = [
  [10, 5],
  [50, 10],
  [100, 20],
  [1_000, 20],
] as const
const WARM_UP_ROUNDS = 20
const ROUNDS = 101

const { values } = parseArgs({ options: { name: { type: 'string', default: 'latest' } } })

const settings = SIZES.flatMap(([agents, models]) =>
  STRATEGIES.flatMap((strategy) =>
    [false, true].map((loadBalancing) => {
      const input = population(agents, models, { strategy, loadBalancing })
      return { agents, models, strategy, loadBalancing, input, times: [] as number[] }
    }),
  ),
)
for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
  for (const { input, times } of settings) {
    const startMs = performance.now()
    assign(input)
    if (round >= 0) times.push(performance.now() - startMs)
  }
}

console.log('| agents × models | strategy | load balancing | median ms | p95 ms |')
console.log('| --- | --- | --- | ---: | ---: |')
const rows = settings.map(({ agents, models, strategy, loadBalancing, times }) => {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (q: number) => sorted[Math.ceil(q * sorted.length) - 1] ?? NaN
  const [medianMs, p95Ms] = [at(0.5), at(0.95)]
  const how = loadBalancing ? 'on' : 'off'
  console.log(
    `| ${agents} × ${models} | ${strategy} | ${how} | ${medianMs.toFixed(3)} | ${p95Ms.toFixed(3)} |`,
  )
  return { agents, models, strategy, loadBalancing, medianMs, p95Ms }
})
saveReport(import.meta.url, values.name, {
  question: 'milliseconds of one call of assign, scoring, proof and report included',
  command: `npm run strategies --workspace bench -- --name ${values.name}`,
  rounds: ROUNDS,
  rows,
})
