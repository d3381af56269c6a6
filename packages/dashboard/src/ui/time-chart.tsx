import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { isDark } from '../app/theme'
import { clockTime } from '../format/instant'
import { plain } from '../format/quantity'
import type { ChartLine, TimeChartProps } from './chart'
import { chartOptions } from './chart-options'
import { useWidth } from './width'

/** Lines over time: pointing at a moment tells its values, dragging over a span zooms into it. */
export function TimeChart(props: TimeChartProps) {
  const { label, timesMs, lines, height } = props
  const { element, width } = useWidth<HTMLDivElement>()
  const chart = useRef<uPlot | null>(null)
  const [pointed, setPointed] = useState<number | null>(null)
  const latest = useRef(props)
  latest.current = props
  const data = useMemo<uPlot.AlignedData>(
    () => [timesMs.map((ms) => ms / 1000), ...lines.map(({ values }) => [...values])] as uPlot.AlignedData,
    [timesMs, lines],
  )
  const hasWidth = width > 0
  const dark = isDark.value

  useEffect(() => {
    if (!hasWidth || element.current === null) return
    const drawn = new uPlot(chartOptions(latest, width, setPointed), data, element.current)
    chart.current = drawn
    return () => {
      drawn.destroy()
      chart.current = null
    }
  }, [hasWidth, dark, lines.length])
  useEffect(() => chart.current?.setData(data), [data])
  useEffect(() => {
    if (hasWidth) chart.current?.setSize({ width, height })
  }, [width, height])

  const shown = pointed ?? lastKnown(lines)
  return (
    <div class="chart">
      <div class="chart-legend">
        {lines.map(({ label: name, tip, color, format, values }) => (
          <span class="chart-key" key={name} data-tip={tip}>
            <span class="chart-swatch" style={{ background: `var(${color})` }} />
            {name} <b>{plain(format(values[shown] ?? null))}</b>
          </span>
        ))}
        <span class="chart-time">{timesMs[shown] === undefined ? '' : clockTime(timesMs[shown])}</span>
      </div>
      <div ref={element} class="chart-canvas" role="img" aria-label={inWords(label, lines)} />
    </div>
  )
}

function lastKnown(lines: readonly ChartLine[]): number {
  const known = lines[0]?.values.findLastIndex((value) => value !== null) ?? -1
  return Math.max(0, known)
}

function inWords(label: string, lines: readonly ChartLine[]): string {
  const at = lastKnown(lines)
  const latest = lines.map((line) => `${line.label} ${plain(line.format(line.values[at] ?? null))}`)
  return `${label}, latest: ${latest.join(', ')}`
}
