import { effect, signal } from '@preact/signals'
import { get } from '../api/request'
import type { SeriesPoint } from '../api/views'
import { resets } from '../live/connect'
import { serverNowMs } from '../live/fleet'
import type { Loadable } from '../live/loadable'
import { RANGES, stepMsFor, type Span } from './range'

/** What the charts show, point by point; `null` where nothing happened. */
export interface Series {
  readonly stepMs: number
  readonly timesMs: readonly number[]
  readonly p50: readonly (number | null)[]
  readonly p95: readonly (number | null)[]
  readonly p99: readonly (number | null)[]
  readonly success: readonly (number | null)[]
  readonly perSecond: readonly (number | null)[]
}

interface Answer {
  readonly step: number
  readonly points: readonly SeriesPoint[]
}

/** The server writes a step down a little after it ends. */
const WRITTEN_AFTER_MS = 2_000

export const rangeMs = signal<number>(RANGES[0].value)
/** What was zoomed to; the latest of the range when `null`. */
export const zoom = signal<Span | null>(null)
export const series = signal<Loadable<Series>>({ kind: 'loading' })
/** Counts what was asked for, so that an answer that comes too late is not shown. */
let asked = 0

export async function loadSeries(): Promise<void> {
  const mine = ++asked
  const nowMs = serverNowMs.peek() === 0 ? Date.now() : serverNowMs.peek()
  const span = zoom.peek() ?? { fromMs: nowMs - rangeMs.peek(), toMs: nowMs }
  if (series.peek().kind === 'failed') series.value = { kind: 'loading' }
  try {
    const value = await ask(span, stepMsFor(span, nowMs))
    if (mine === asked) series.value = { kind: 'ready', value }
  } catch (error) {
    if (mine === asked && series.peek().kind !== 'ready') series.value = { kind: 'failed', error }
  }
}

/** Keeps the charts at the present: asked again when the stream's clock says that another step is complete. */
export function followSeries(): () => void {
  let lastStep = -1
  const stopLoading = effect(() => {
    void rangeMs.value
    void zoom.value
    void resets.value
    void loadSeries()
  })
  const stopTicking = effect(() => {
    const loaded = series.value
    if (zoom.value !== null || loaded.kind !== 'ready') return
    const step = Math.floor((serverNowMs.value - WRITTEN_AFTER_MS) / loaded.value.stepMs)
    if (lastStep !== -1 && step > lastStep) void loadSeries()
    lastStep = step
  })
  return () => {
    stopLoading()
    stopTicking()
  }
}

async function ask(span: Span, stepMs: number): Promise<Series> {
  const query = {
    from: new Date(span.fromMs).toISOString(),
    to: new Date(span.toMs).toISOString(),
    step: stepMs / 1000,
  }
  const metric = (name: string) => get<Answer>('/metrics/series', { metric: name, ...query })
  const [latency, success, requests] = await Promise.all([
    metric('latency'),
    metric('success_rate'),
    metric('requests'),
  ])
  const { points } = latency
  const valueAt = valuesByTime(success.points)
  const countAt = valuesByTime(requests.points)
  return {
    stepMs,
    timesMs: points.map(({ time }) => Date.parse(time)),
    p50: points.map(({ timing }) => timing?.p50_ms ?? null),
    p95: points.map(({ timing }) => timing?.p95_ms ?? null),
    p99: points.map(({ timing }) => timing?.p99_ms ?? null),
    success: points.map(({ time }) => valueAt.get(time) ?? null),
    perSecond: points.map(({ time }) => {
      const number = countAt.get(time) ?? null
      return number === null ? null : number / (stepMs / 1000)
    }),
  }
}

function valuesByTime(points: readonly SeriesPoint[]): ReadonlyMap<string, number | null> {
  return new Map(points.map(({ time, value }) => [time, value]))
}
