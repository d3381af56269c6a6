import { describe, expect, test } from 'vitest'
import type { Measured } from './compare-run.js'
import { renderComparison } from './compare-table.js'

function side(failures: number, peaks: readonly number[], p99: number): Measured {
  return {
    requests: 100,
    succeeded: 100 - failures,
    failures,
    latencyMs: { count: 100, mean: 50, p50: 42, p95: 95, p99, max: p99 },
    models: peaks.map((peakConcurrency, index) => ({
      id: `m${index}`,
      requests: peakConcurrency,
      refused: 0,
      peakConcurrency,
      utilization: 0.5,
    })),
  }
}

const LIMITS = { maxConcurrent: 50, target: 40 }

function rowsOf(blind: Measured, aware: Measured, isColored = false): Map<string, string[]> {
  const lines = renderComparison(blind, aware, LIMITS, isColored).split('\n').slice(3, -1)
  return new Map(
    lines.map((line) => {
      const [label = '', ...cells] = line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim())
      return [label, cells]
    }),
  )
}

describe('renderComparison', () => {
  test('puts both sides beside each other with what changed', () => {
    const rows = rowsOf(side(5, [45, 30], 250), side(0, [38, 37], 150))
    expect(rows.get('failed requests')).toEqual(['5', '0', '−100.0 %'])
    expect(rows.get('peak concurrency at m0')).toEqual(['45 / 50', '38 / 50', '−15.6 %'])
    expect(rows.get('models ever above 40')).toEqual(['1', '0', '−100.0 %'])
    expect(rows.get('P50')).toEqual(['42 ms', '42 ms', '='])
    expect(rows.get('P99')).toEqual(['250 ms', '150 ms', '−40.0 %'])
    expect(rows.get('mean utilisation')).toEqual(['50.0 %', '50.0 %', '='])
  })

  test('shows where load-aware is worse, also from nothing', () => {
    const rows = rowsOf(side(0, [40], 150), side(2, [50], 300), true)
    expect(rows.get('failed requests')?.[2]).toBe('\u001b[31m+2\u001b[39m')
    expect(rows.get('P99')?.[2]).toBe('\u001b[31m+100.0 %\u001b[39m')
  })
})
