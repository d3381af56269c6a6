import Table from 'cli-table3'
import pc from 'picocolors'
import type { Measured, MeasuredModel } from './compare-run.js'

type Colors = ReturnType<typeof pc.createColors>

interface Row {
  readonly label: string
  readonly blind: number
  readonly aware: number
  readonly show: (value: number) => string
  /** Whether less is better; left out where neither is. */
  readonly isLessBetter?: true
}

/**
 * Both sides and what changed: green where load-aware is better, red where it is worse.
 *
 * @param limits - slots of each model, and how many of them are its target.
 */
export function renderComparison(
  blind: Measured,
  aware: Measured,
  limits: { readonly maxConcurrent: number; readonly target: number },
  isColored: boolean,
): string {
  const colors = pc.createColors(isColored)
  const table = new Table({
    head: ['', 'load-blind', 'load-aware', 'change'].map(colors.bold),
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  const aboveTarget = ({ models }: Measured): number =>
    models.filter((model) => model.peakConcurrency > limits.target).length
  const rows: Row[] = [
    ...perModel(blind, aware, 'requests to', (model) => model.requests, String),
    less('failed requests', blind.failures, aware.failures, String),
    ...perModel(blind, aware, 'peak concurrency at', peakOf, (peak) => `${peak} / ${limits.maxConcurrent}`),
    less(`models ever above ${limits.target}`, aboveTarget(blind), aboveTarget(aware), String),
    ...latency('P50', blind.latencyMs.p50, aware.latencyMs.p50),
    ...latency('P95', blind.latencyMs.p95, aware.latencyMs.p95),
    ...latency('P99', blind.latencyMs.p99, aware.latencyMs.p99),
    {
      label: 'mean utilisation',
      blind: meanUtilization(blind),
      aware: meanUtilization(aware),
      show: percent,
    },
  ]
  for (const row of rows)
    table.push([row.label, row.show(row.blind), row.show(row.aware), change(row, colors)])
  return table.toString()
}

/** Of all models, each weighing the same: they have the same number of slots. */
export function meanUtilization({ models }: Measured): number {
  return models.reduce((sum, model) => sum + model.utilization, 0) / models.length
}

function perModel(
  blind: Measured,
  aware: Measured,
  label: string,
  pick: (model: MeasuredModel) => number,
  show: (value: number) => string,
): Row[] {
  return blind.models.flatMap((model) => {
    const same = aware.models.find(({ id }) => id === model.id)
    return same === undefined
      ? []
      : [{ label: `${label} ${model.id}`, blind: pick(model), aware: pick(same), show }]
  })
}

function peakOf({ peakConcurrency }: MeasuredModel): number {
  return peakConcurrency
}

function latency(label: string, blind: number | null, aware: number | null): Row[] {
  return blind === null || aware === null ? [] : [less(label, blind, aware, (ms) => `${Math.round(ms)} ms`)]
}

function less(label: string, blind: number, aware: number, show: (value: number) => string): Row {
  return { label, blind, aware, show, isLessBetter: true }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function change({ blind, aware, show, isLessBetter }: Row, colors: Colors): string {
  if (blind === aware) return '='
  const sign = aware > blind ? '+' : '−'
  const text = sign + (blind === 0 ? show(aware) : percent(Math.abs(aware / blind - 1)))
  if (isLessBetter === undefined) return text
  return aware < blind ? colors.green(text) : colors.red(text)
}
