/**
 * What does it cost a request that its slots are counted in another process?
 *
 *   npm run workers --workspace bench            (name of the results file: --name <name>)
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Router } from '@loadstar/core'
import { Desk } from '../../packages/server/src/cluster/desk.js'
import type { ToPrimary, ToWorker } from '../../packages/server/src/cluster/message.js'
import { Shelf } from '../../packages/server/src/cluster/shelf.js'
import { Wire } from '../../packages/server/src/cluster/wire.js'
import { LocalAdmission } from '../../packages/server/src/gateway/local-admission.js'
import { saveReport } from '../report.js'
import { costOf, type Cost } from './load.js'

const REQUESTS = 40_000
const ROUNDS = 3
const AT_ONCE = [1, 16, 128]

const { values } = parseArgs({ options: { name: { type: 'string', default: 'latest' } } })

/** Room for all, so that nobody waits and only the way is measured. */
function admissionOf(): LocalAdmission {
  const models = ['a', 'b', 'c'].map((id) => ({ id, maxConcurrent: 400, maxQueue: 0, targetUtilization: 1 }))
  return new LocalAdmission(new Router(models), () => performance.now())
}

interface Row extends Cost {
  readonly way: 'in process' | 'over the wire'
  readonly atOnce: number
  /** Microseconds of processor that the primary used besides. */
  readonly primaryCpuUs: number
}

const worker = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
})
const wire = new Wire<ToWorker, ToPrimary>(worker.stdio[4] as Duplex, {
  receive: (message) => desk.receive(message),
  closed: () => undefined,
})
const desk = new Desk({
  admission: admissionOf(),
  owner: 'worker',
  shelf: new Shelf(),
  reply: (message) => wire.send(message),
  log: console,
})

async function overTheWire(atOnce: number): Promise<Row> {
  const before = process.cpuUsage()
  worker.send({ atOnce, requests: REQUESTS })
  const [cost] = (await once(worker, 'message')) as [Cost]
  const used = process.cpuUsage(before)
  // The warm-up is half as long as the measured part.
  const primaryCpuUs = (used.user + used.system) / (REQUESTS * 1.5)
  return { way: 'over the wire', atOnce, primaryCpuUs, ...cost }
}

async function inProcess(atOnce: number): Promise<Row> {
  return { way: 'in process', atOnce, primaryCpuUs: 0, ...(await costOf(admissionOf(), atOnce, REQUESTS)) }
}

const all: Row[] = []
for (let round = 0; round < ROUNDS; round++) {
  for (const atOnce of AT_ONCE) all.push(await inProcess(atOnce), await overTheWire(atOnce))
}
worker.disconnect()
await wire.end()

const ways = ['in process', 'over the wire'] as const
console.log('| at once | way | median µs | p99 µs | CPU µs, asking | CPU µs, primary |')
console.log('| ------: | :-- | --------: | -----: | -------------: | --------------: |')
for (const atOnce of AT_ONCE) {
  for (const way of ways) {
    const rows = all.filter((row) => row.way === way && row.atOnce === atOnce)
    const median = (of: (row: Row) => number): string =>
      (rows.map(of).sort((a, b) => a - b)[Math.floor(rows.length / 2)] ?? NaN).toFixed(1)
    const figures = [
      median((row) => row.medianUs),
      median((row) => row.p99Us),
      median((row) => row.cpuUs),
      median((row) => row.primaryCpuUs),
    ]
    console.log(`| ${atOnce} | ${way} | ${figures.join(' | ')} |`)
  }
}

saveReport(import.meta.url, values.name, {
  question:
    'microseconds and processor time of one slot asked for and given back, in process and over the wire',
  command: `npm run workers --workspace bench -- --name ${values.name}`,
  rows: all,
})
