/**
 * How much memory does one solve take at its peak?
 *
 *   npm run solver:memory --workspace bench
 *
 * What the process holds at most, less what it held before it had the problem: the scores are part of it.
 */
import { loadWasmSolver, solveTransportation } from '@loadstar/core'
import { instanceOf } from './families.js'
import { saveReport } from '../report.js'

const ROWS = 100_000
const COLS = 20
const MIB = 2 ** 20

await loadWasmSolver()
const before = process.memoryUsage().rss
const { problem, name } = instanceOf('uniform', 'tight', ROWS, COLS)
const withScores = process.memoryUsage().rss
solveTransportation(problem)
const peak = process.resourceUsage().maxRSS * 1024

const row = {
  instance: name,
  scoresMib: problem.scores.byteLength / MIB,
  withScoresMib: (withScores - before) / MIB,
  peakMib: (peak - before) / MIB,
  targetMib: (1.5 * problem.scores.byteLength) / MIB + 64,
}
console.log(row)
saveReport(import.meta.url, '2026-11-two-shared-vcpu-memory', {
  question: 'MiB that the process holds at most, less what it held before it had the problem',
  command: 'npm run solver:memory --workspace bench',
  rows: [row],
})
