import { ZoomOut } from 'lucide'
import { useEffect, useMemo } from 'preact/hooks'
import { duration, percent, perSecond } from '../format/quantity'
import type { ChartLine } from '../ui/chart'
import { Choice } from '../ui/choice'
import { Icon } from '../ui/icon'
import { Panel } from '../ui/panel'
import { WhenReady } from '../ui/states'
import { TimeChart } from '../ui/time-chart'
import { RANGES } from './range'
import { followSeries, loadSeries, rangeMs, series, zoom, type Series } from './series'

const SYNC_KEY = 'overview'
const CHART_HEIGHT = 164
/** Success is read in its upper part: a fall by two points must be seen. */
const SUCCESS_FLOOR = 0.9

export function HistoryPanel() {
  useEffect(followSeries, [])
  const choose = (ms: number) => {
    zoom.value = null
    rangeMs.value = ms
  }
  return (
    <Panel
      title="Latency and success"
      subtitle="Drag over a chart to zoom in"
      className="history-panel"
      actions={
        <>
          {zoom.value === null ? null : (
            <button type="button" class="btn btn-sm btn-ghost" onClick={() => (zoom.value = null)}>
              <Icon of={ZoomOut} size={16} /> Whole range
            </button>
          )}
          <Choice label="Range" options={RANGES} value={rangeMs.value} onChoose={choose} />
        </>
      }
    >
      <WhenReady of={series.value} onRetry={() => void loadSeries()} lines={8}>
        {(value) => <Charts value={value} />}
      </WhenReady>
    </Panel>
  )
}

function Charts({ value }: { readonly value: Series }) {
  const latency = useMemo(() => latencyLines(value), [value])
  const success = useMemo(() => successLines(value), [value])
  const onZoom = (fromMs: number, toMs: number) => {
    zoom.value = { fromMs, toMs }
  }
  const shared = { timesMs: value.timesMs, height: CHART_HEIGHT, syncKey: SYNC_KEY, onZoom }
  return (
    <div class="charts">
      <TimeChart label="Latency percentiles over time" lines={latency} {...shared} />
      <TimeChart
        label="Success and requests over time"
        lines={success}
        leftRange={(least) => [Math.min(SUCCESS_FLOOR, Math.floor(least * 10) / 10), 1.005]}
        {...shared}
      />
    </div>
  )
}

function latencyLines({ p50, p95, p99 }: Series): readonly ChartLine[] {
  const of = (share: number) =>
    `${share} of 100 requests of the interval took no longer, from arrival to the end of the answer.`
  return [
    { label: 'P50', tip: of(50), color: '--line-1', format: duration, values: p50, isFilled: true },
    { label: 'P95', tip: of(95), color: '--line-2', format: duration, values: p95 },
    { label: 'P99', tip: of(99), color: '--line-3', format: duration, values: p99 },
  ]
}

function successLines({ success, perSecond: rate }: Series): readonly ChartLine[] {
  return [
    {
      label: 'Success',
      tip: 'Share of requests of the interval that were answered.',
      color: '--line-1',
      format: percent,
      values: success,
    },
    {
      label: 'Requests',
      tip: 'Requests that ended, per second.',
      color: '--line-quiet',
      format: perSecond,
      values: rate,
      scale: 'right',
      isFilled: true,
    },
  ]
}
