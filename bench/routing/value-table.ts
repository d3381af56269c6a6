import { spanned, table } from './table.js'
import type { ValueRow } from './value.js'

/** One line per contender, in each column a load: share of the bound, quality, P99. */
export function valueTable(rows: readonly ValueRow[]): string {
  const loads = [...new Set(rows.map(({ load }) => load))]
  const contenders = [...new Set(rows.map(({ contender }) => contender))]
  return table(
    ['% of the bound; quality; P99 s', ...loads.map((load) => `@ ${load.toFixed(2)}`)],
    contenders.map((contender) => [
      contender,
      ...loads.map((load) => {
        const these = rows.filter((row) => row.contender === contender && row.load === load)
        const shares = spanned(
          these.map(({ share }) => share),
          1,
          100,
        )
        const quality = mean(these.map((row) => row.quality)).toFixed(1)
        const p99 = mean(these.map(({ p99Ms }) => p99Ms / 1_000)).toFixed(1)
        const lost = 1 - mean(these.map(({ completedShare }) => completedShare))
        return `${shares}; ${quality}; ${p99}${lost >= 0.0005 ? `; ${(100 * lost).toFixed(1)} % lost` : ''}`
      }),
    ]),
  )
}

/** P99 and quality of bidding against another, path by path. */
export function against(rows: readonly ValueRow[], other: string, load: number): string {
  const pairs = rows
    .filter((row) => row.contender === 'bid' && row.load === load)
    .map((own) => ({ own, rival: rivalOf(rows, own, other) }))
  const p99 = pairs.map(({ own, rival }) => own.p99Ms / rival.p99Ms - 1)
  const quality = pairs.map(({ own, rival }) => own.quality / rival.quality - 1)
  return `bid against ${other} at ${load}: P99 ${spanned(p99, 1, 100)} %, mean quality ${spanned(quality, 1, 100)} %`
}

function rivalOf(rows: readonly ValueRow[], own: ValueRow, other: string): ValueRow {
  const rival = rows.find(
    ({ contender, load, seed, scenario }) =>
      contender === other && load === own.load && seed === own.seed && scenario === own.scenario,
  )
  if (rival === undefined) throw new Error(`nobody is called ${other}`)
  return rival
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
