/**
 * When does a worker thread pay for an assignment: how long does a run take here and through a worker, and how long
 * does each keep the event loop from everybody else?
 *
 *   npm run build && npm run offload --workspace bench            (name of the results file: --name <name>)
 */
import { parseArgs } from 'node:util'
import { createSolver } from '../../packages/server/dist/api/solver/solver.js'
import { perform } from '../../packages/server/dist/api/solver/task.js'
import { population } from '../population.js'
import { saveReport } from '../report.js'

const ROUNDS = 15
const SIZES = [
  [50, 10],
  [100, 20],
  [500, 10],
  [500, 20],
  [1_000, 10],
  [1_000, 20],
  [1_000, 100],
  [10_000, 10],
  [10_000, 100],
] as const

const { values } = parseArgs({ options: { name: { type: 'string', default: 'latest' } } })

/** Longest time between two turns of the event loop while the work runs, and the time of the work, in ms. */
async function watched(work: () => unknown): Promise<{ totalMs: number; stallMs: number }> {
  let stallMs = 0
  let lastMs = performance.now()
  let isDone = false
  const watching = (async () => {
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve))
      const nowMs = performance.now()
      stallMs = Math.max(stallMs, nowMs - lastMs)
      lastMs = nowMs
    }
  })()
  const startedMs = performance.now()
  await work()
  const totalMs = performance.now() - startedMs
  isDone = true
  await watching
  return { totalMs, stallMs }
}

const solver = createSolver({ timeLimitMs: 600_000, mostInlineWork: -1 })
const runs = SIZES.map(([agents, models]) => ({
  agents,
  models,
  task: {
    input: population(agents, models, { strategy: 'optimal', loadBalancing: true }),
    wantsAnswer: true,
    wantsResult: false,
  },
  inline: [] as { totalMs: number; stallMs: number }[],
  worker: [] as { totalMs: number; stallMs: number }[],
}))
for (let round = -2; round < ROUNDS; round++) {
  for (const { task, inline, worker } of runs) {
    const here = await watched(() => [...perform(task).pieces].length)
    const there = await watched(() => solver.solve(task))
    // The first two rounds warm both threads up.
    if (round < 0) continue
    inline.push(here)
    worker.push(there)
  }
}
await solver.close()

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN
const rows = runs.map(({ agents, models, inline, worker }) => ({
  agents,
  models,
  inlineMs: median(inline.map(({ totalMs }) => totalMs)),
  inlineStallMs: median(inline.map(({ stallMs }) => stallMs)),
  workerMs: median(worker.map(({ totalMs }) => totalMs)),
  workerStallMs: median(worker.map(({ stallMs }) => stallMs)),
}))
console.log('| agents × models | here | event loop held | worker | event loop held |')
console.log('| --- | ---: | ---: | ---: | ---: |')
for (const row of rows) {
  const figures = [row.inlineMs, row.inlineStallMs, row.workerMs, row.workerStallMs].map((ms) =>
    ms.toFixed(2),
  )
  console.log(`| ${row.agents} × ${row.models} | ${figures.join(' | ')} |`)
}

saveReport(import.meta.url, values.name, {
  question:
    'milliseconds of one optimal assignment and of the longest hold of the event loop, here and in a worker',
  command: `npm run offload --workspace bench -- --name ${values.name}`,
  rounds: ROUNDS,
  rows,
})
