/**
 * Do a million recorded requests stay quick to ask for, and does recording 5,000 a second hold up others?
 *
 *   npm run history --workspace bench -- [--rows 1000000] [--seconds 10] [--url postgres://…] [--name <results>]
 *
 * Without --url in a libSQL file of its own, which is deleted; a PostgreSQL database must be there, and empty.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openStores } from '../../packages/server/src/storage/stores.js'
import { saveReport } from '../report.js'
import { ingest, type Ingest } from './ingest.js'
import { fill, timePages } from './pages.js'

const PER_SECOND = 5_000
const PAGE_ROUNDS = 25
const INGEST_ROUNDS = 3

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '10' },
    url: { type: 'string' },
    name: { type: 'string', default: 'latest' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'loadstar-bench-'))
const file = join(folder, 'loadstar.db')
const engine = values.url === undefined ? 'libSQL' : 'PostgreSQL'
const stores = await openStores(values.url ?? `file:${file}`)
const store = await stores.openHistory()
try {
  const rows = Number(values.rows)
  const filledPerSecond = await fill(store, rows)
  console.log(`${engine}: ${rows} rows, ${filledPerSecond.toFixed(0)} stored a second`)
  const pages = await timePages(store, PAGE_ROUNDS)
  console.log('\n| page of 100 | p50 ms | p95 ms | max ms |\n| :-- | --: | --: | --: |')
  for (const { query, p50Ms, p95Ms, maxMs } of pages) {
    console.log(`| ${query} | ${p50Ms.toFixed(1)} | ${p95Ms.toFixed(1)} | ${maxMs.toFixed(1)} |`)
  }
  const ingested: Ingest[] = []
  const seconds = Number(values.seconds)
  for (let round = 0; round < INGEST_ROUNDS; round++) {
    for (const isRecording of [false, true]) {
      ingested.push(await ingest(store, { perSecond: PER_SECOND, seconds, isRecording }))
    }
  }
  console.log('\n| recording | loop delay p50 ms | p95 | p99 | max | CPU µs | note µs | stored | dropped |')
  console.log('| :-- | --: | --: | --: | --: | --: | --: | --: | --: |')
  for (const { isRecording, loopDelayMs, cpuUs, noteUs, stored, dropped } of ingested) {
    const { p50, p95, p99, max } = loopDelayMs
    const delays = [p50, p95, p99, max].map((ms) => ms.toFixed(2)).join(' | ')
    const costs = `${cpuUs.toFixed(1)} | ${noteUs.toFixed(2)}`
    console.log(`| ${isRecording ? 'on' : 'off'} | ${delays} | ${costs} | ${stored} | ${dropped} |`)
  }
  saveReport(import.meta.url, values.name, {
    question:
      'milliseconds of a filtered page, and what recording 5,000 requests a second costs the event loop',
    // The address may hold a password.
    command: `npm run history --workspace bench -- --rows ${rows} --seconds ${seconds} --name ${values.name}`,
    engine,
    filledPerSecond,
    ...(values.url === undefined ? { bytes: statSync(`${file}-history`).size } : {}),
    rows: [...pages, ...ingested],
  })
} finally {
  await store.close()
  await stores.close()
  rmSync(folder, { recursive: true, force: true })
}
