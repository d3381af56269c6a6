/**
 * How fast is the greatest-total placement found, against the solvers people use for it, and do all find the same?
 *
 *   npm run solver --workspace bench
 *   npm run solver --workspace bench -- --long              the sizes that take their peers minutes, too
 *   npm run solver --workspace bench -- --only 1000x100     one size, or several with commas between
 *
 * Further options: --name <file of the results>, --rounds <5>, --budget <seconds per peer and size>,
 * --peers <names with commas between>.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadWasmSolver } from '@loadstar/core'
import { FAMILIES, instanceOf, REGIMES, type Instance, type Regime } from './families.js'
import { Budget, measure, oursPeer, type InstanceResult } from './measure.js'
import { lemonPeers, scipyPeer } from './native-peers.js'
import { npmPeers } from './npm-peers.js'
import type { Missing, Peer } from './peer.js'
import { qualityTable, speedTable } from './table.js'
import { saveReport } from '../report.js'

const SIZES = ['10x5', '50x10', '100x20', '1000x10', '1000x100', '10000x10', '10000x100']
const LONG_SIZES = ['100000x20', '10000x1000', '2000x2000']

const WARM_UP_MS = 50

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'latest' },
    only: { type: 'string' },
    peers: { type: 'string' },
    long: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    budget: { type: 'string' },
  },
})
const only = values.only?.split(',')
const wanted = values.peers?.split(',')
const isLong = values.long || LONG_SIZES.some((size) => only?.includes(size))
const sizes = only ?? [...SIZES, ...(isLong ? LONG_SIZES : [])]
const budgetMs = 1_000 * Number(values.budget ?? (isLong ? 300 : 30))

const written = new Set<string>()
const folder = mkdtempSync(join(tmpdir(), 'loadstar-solver-'))
let peers: readonly Peer[] = []
let started: readonly Peer[] = []
try {
  const all = [...lemonPeers(folder, fileOf), scipyPeer(fileOf), ...(await npmPeers())]
  const found = all.filter((peer) => wanted?.includes(peer.name) ?? true)
  started = all.filter((peer): peer is Peer => !('reason' in peer))
  const missing = found.filter((peer): peer is Missing => 'reason' in peer)
  for (const { name, reason, install } of missing) {
    console.error(`!!! peer ${name} is left out: ${reason}. To have it: ${install}`)
  }
  peers = [oursPeer, ...started.filter((peer) => found.includes(peer))]
  const results: InstanceResult[] = []
  for (const size of sizes) {
    results.push(...(await measureSize(size)))
    // Hours are not lost to whatever stops the sizes to come.
    report(results, missing)
  }
} finally {
  for (const peer of started) peer.close()
  rmSync(folder, { recursive: true, force: true })
}

async function measureSize(size: string): Promise<readonly InstanceResult[]> {
  const [rows, cols] = size.split('x').map(Number) as [number, number]
  const isUnit = rows === cols
  const regimes = isUnit ? ['tight' as const] : (Object.keys(REGIMES) as Regime[])
  const budget = new Budget(budgetMs)
  await loadWasmSolver()
  // Compiled code is what is asked about; every family takes other paths through it.
  for (const family of FAMILIES) {
    for (const regime of regimes) {
      await oursPeer.solve(instanceOf(family, regime, rows, cols, isUnit), WARM_UP_MS)
    }
  }
  const results: InstanceResult[] = []
  for (const family of FAMILIES) {
    for (const regime of regimes) {
      const instance = instanceOf(family, regime, rows, cols, isUnit)
      const taking = peers.filter((peer) => peer.accepts(instance, isLong))
      results.push(await measure(instance, taking, Number(values.rounds), budget))
      rmSync(pathOf(instance), { force: true })
    }
  }
  const names = peers.map(({ name }) => name)
  console.log(`\n${speedTable(size, results, names)}\n\n${qualityTable(size, results)}`)
  return results
}

function pathOf(instance: Instance): string {
  return join(folder, `${instance.name}.bin`)
}

/** Written when a peer first asks for it: rows, cols, capacities as int32, then scores as float64. */
function fileOf(instance: Instance): string {
  const path = pathOf(instance)
  if (written.has(path)) return path
  const { rows, cols, capacities, scores } = instance.problem
  const head = Int32Array.of(rows, cols, ...Array.from(capacities))
  writeFileSync(path, Buffer.concat([new Uint8Array(head.buffer), new Uint8Array(scores.buffer)]))
  written.add(path)
  return path
}

function report(results: readonly InstanceResult[], missing: readonly Missing[]): void {
  saveReport(import.meta.url, values.name, {
    question:
      'CPU milliseconds of one solve, medians over rounds; ours and npm packages: whole call, native: solve alone',
    command: `npm run solver --workspace bench -- ${process.argv.slice(2).join(' ')}`,
    rounds: Number(values.rounds),
    missing,
    rows: results,
  })
}
