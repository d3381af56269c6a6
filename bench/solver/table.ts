import { FAMILIES, REGIMES } from './families.js'
import { median, OURS, type InstanceResult } from './measure.js'

/** What the issue asks for, as a median ratio peer / ours. */
const TARGETS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '50x10': { scipy_lsa: 1.5, lemon_network_simplex: 2 },
  '100x20': { scipy_lsa: 2, lemon_network_simplex: 2 },
  '1000x10': { scipy_lsa: 200, lemon_network_simplex: 10 },
  '1000x100': { scipy_lsa: 30, lemon_network_simplex: 10 },
  '10000x10': { scipy_lsa: 1000, lemon_network_simplex: 80 },
  '10000x100': { scipy_lsa: 100, lemon_network_simplex: 50 },
  '100000x20': { lemon_cost_scaling: 80 },
  '10000x1000': { lemon_network_simplex: 10 },
  '2000x2000': { scipy_lsa: 1, lemon_network_simplex: 1, lemon_cost_scaling: 1 },
}

export function speedTable(
  size: string,
  results: readonly InstanceResult[],
  peers: readonly string[],
): string {
  const ours = results.map(({ figures }) => figures[OURS]?.medianCpuMs ?? NaN)
  const lines = [
    `ours at ${size}: median ${show(median(ours))} ms, ${show(Math.min(...ours))}..${show(Math.max(...ours))}`,
    '',
    '| peer | instances | median ms | median ratio | target | least ratio | on |',
    '| :--- | --------: | --------: | -----------: | -----: | ----------: | :- |',
  ]
  for (const peer of peers) {
    if (peer === OURS) continue
    const pairs = results.flatMap(({ figures, instance }) => {
      const theirs = figures[peer]?.medianCpuMs
      const own = figures[OURS]?.medianCpuMs
      return theirs === undefined || own === undefined ? [] : [{ instance, theirs, ratio: theirs / own }]
    })
    if (pairs.length === 0) continue
    const least = pairs.reduce((a, b) => (b.ratio < a.ratio ? b : a))
    const ratio = median(pairs.map((pair) => pair.ratio))
    const target = TARGETS[size]?.[peer]
    const verdict = target === undefined ? '' : `≥ ${target}${ratio < target ? ' missed' : ''}`
    lines.push(
      `| ${peer} | ${pairs.length} | ${show(median(pairs.map(({ theirs }) => theirs)))} | ${show(ratio)} | ${verdict} | ${show(least.ratio)} | ${least.instance} |`,
    )
  }
  return lines.join('\n')
}

/** How much the optimum is above greedy, in percent, per family and regime. */
export function qualityTable(size: string, results: readonly InstanceResult[]): string {
  const regimes = Object.keys(REGIMES)
  const lines = [
    `optimal above greedy at ${size}`,
    '',
    `| family | ${regimes.join(' | ')} |`,
    `| :- | ${regimes.map(() => '-:').join(' | ')} |`,
  ]
  for (const family of FAMILIES) {
    const cells = regimes.map((regime) => {
      const found = results.find((result) => result.family === family && result.regime === regime)
      return found === undefined ? '' : `+${(100 * found.overGreedy).toFixed(1)} %`
    })
    lines.push(`| ${family} | ${cells.join(' | ')} |`)
  }
  return lines.join('\n')
}

function show(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2)
}
