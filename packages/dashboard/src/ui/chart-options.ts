import type uPlot from 'uplot'
import { atAxis, type Quantity } from '../format/quantity'
import type { ChartLine, TimeChartProps } from './chart'

const LEAST_ZOOM_MS = 30_000
const RIGHT_AXIS_PX = 50
const DAY_S = 86_400
const NO_TEXT: Quantity = { text: '', unit: '' }

/** Colours and font of the page as they are now, for a chart that is drawn rather than styled. */
function look() {
  const styles = getComputedStyle(document.documentElement)
  const color = (name: string) => styles.getPropertyValue(name).trim()
  return { color, font: `11px ${color('--font')}` }
}

/**
 * How a chart is drawn and what it does.
 *
 * @param latest - its properties, which may change while it stands.
 * @param onPoint - hears which point is pointed at, or that none is.
 */
export function chartOptions(
  latest: { readonly current: TimeChartProps },
  width: number,
  onPoint: (index: number | null) => void,
): uPlot.Options {
  const { lines, height, syncKey, leftRange = fromZero } = latest.current
  const hasRight = lines.some(({ scale }) => scale === 'right')
  return {
    width,
    height,
    legend: { show: false },
    // Charts above one another keep their times above one another.
    padding: [8, hasRight ? 0 : RIGHT_AXIS_PX, 0, 0],
    cursor: { sync: { key: syncKey }, points: { size: 6 }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { time: true },
      left: { range: (_, least, greatest) => leftRange(least ?? 0, greatest ?? 1) },
      right: { range: (_, least, greatest) => fromZero(least ?? 0, greatest ?? 1) },
    },
    axes: axesOf(lines, hasRight),
    series: seriesOf(lines),
    hooks: {
      setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)],
      setSelect: [(drawn) => zoomTo(drawn, latest.current.onZoom)],
    },
  }
}

function zoomTo(drawn: uPlot, onZoom: TimeChartProps['onZoom']): void {
  const { left, width: dragged } = drawn.select
  if (dragged <= 0) return
  const fromMs = drawn.posToVal(left, 'x') * 1000
  const toMs = drawn.posToVal(left + dragged, 'x') * 1000
  drawn.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  if (toMs - fromMs >= LEAST_ZOOM_MS) onZoom(fromMs, toMs)
}

function axesOf(lines: readonly ChartLine[], hasRight: boolean): uPlot.Axis[] {
  const { color, font } = look()
  const axis = { stroke: color('--muted'), font, ticks: { show: false } }
  const values = (scale: 'left' | 'right') => {
    const line = lines.find((one) => (one.scale ?? 'left') === scale)
    return (_: uPlot, splits: number[]) => splits.map((value) => atAxis(line?.format(value) ?? NO_TEXT))
  }
  const left: uPlot.Axis = {
    ...axis,
    scale: 'left',
    size: 58,
    space: 34,
    grid: { stroke: color('--grid'), width: 1 },
    values: values('left'),
  }
  const right: uPlot.Axis = {
    ...axis,
    scale: 'right',
    side: 1,
    size: RIGHT_AXIS_PX,
    space: 34,
    grid: { show: false },
    values: values('right'),
  }
  const time: uPlot.Axis = { ...axis, grid: { show: false }, space: 70, size: 26, values: timesOfAxis }
  return hasRight ? [time, left, right] : [time, left]
}

function seriesOf(lines: readonly ChartLine[]): uPlot.Series[] {
  const { color } = look()
  const drawn = lines.map(({ label, scale = 'left', color: name, isFilled = false }) => ({
    label,
    scale,
    stroke: color(name),
    width: 1.5,
    points: { show: false },
    ...(isFilled ? { fill: `color-mix(in oklab, ${color(name)} 14%, transparent)` } : {}),
  }))
  return [{}, ...drawn]
}

const HOURS = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const DAYS = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' })

function timesOfAxis(_: uPlot, splits: number[]): string[] {
  const [first = 0] = splits
  const isLong = (splits.at(-1) ?? first) - first > 2 * DAY_S
  return splits.map((seconds) => (isLong ? DAYS : HOURS).format(seconds * 1000))
}

function fromZero(_least: number, greatest: number): [number, number] {
  return [0, greatest <= 0 ? 1 : greatest * 1.1]
}
