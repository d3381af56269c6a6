import type { SimulatedModel } from '../api/views'
import { count, duration, percent, plain } from '../format/quantity'
import { isNarrow } from '../ui/narrow'
import { RowsHead, type HeadColumn } from '../ui/rows-head'
import { VirtualRows } from '../ui/virtual-rows'

const ROW_HEIGHT = 56
const ROW_HEIGHT_NARROW = 116
const MOST_VISIBLE = 10

const COLUMNS = [
  { text: 'Model', tip: 'And how many requests it may hold at once.' },
  { text: 'Utilization', tip: 'Mean share of its slots in use: before above, after below.' },
  { text: 'Above target', tip: 'Share of the time that it was above its target.', isNumber: true },
  { text: 'Requests', tip: 'That it was given.', isNumber: true },
  { text: 'Wait P95', tip: '95 of 100 waited no longer for it.', isNumber: true },
  { text: 'Latency P95', tip: '95 of 100 of its answers took no longer, from arrival.', isNumber: true },
] as const satisfies readonly HeadColumn[]

interface Compared {
  readonly id: string
  readonly before: SimulatedModel | undefined
  readonly after: SimulatedModel | undefined
}

interface ModelsProps {
  readonly before: readonly SimulatedModel[]
  readonly after: readonly SimulatedModel[]
}

export function ModelsCompared({ before, after }: ModelsProps) {
  const rows = paired(before, after)
  const narrow = isNarrow.value
  return (
    <VirtualRows
      label="Models before and after"
      count={rows.length}
      rowHeight={narrow ? ROW_HEIGHT_NARROW : ROW_HEIGHT}
      mostVisible={MOST_VISIBLE}
      head={narrow ? undefined : <RowsHead grid="compared-grid" columns={COLUMNS} />}
      row={(i) => {
        const row = rows[i]
        return row === undefined ? null : <Row key={row.id} row={row} index={i} />
      }}
    />
  )
}

function Row({ row: { id, before, after }, index }: { readonly row: Compared; readonly index: number }) {
  const figures = [
    [COLUMNS[2].text, (side: SimulatedModel) => percent(side.over_target_share)],
    [COLUMNS[3].text, (side: SimulatedModel) => count(side.requests)],
    [COLUMNS[4].text, (side: SimulatedModel) => duration(side.wait.p95_ms)],
    [COLUMNS[5].text, (side: SimulatedModel) => duration(side.latency.p95_ms)],
  ] as const
  return (
    <div class="row compared-grid" role="row" aria-rowindex={index + 2} data-compared={id}>
      <div role="cell" class="ellipsis">
        <strong>{id}</strong>
        <div class="hint">
          {before?.max_concurrent ?? 'not there'} → {after?.max_concurrent ?? 'gone'}
        </div>
      </div>
      <div role="cell" class="two-bars">
        <Bar share={before?.utilization} when="before" />
        <Bar share={after?.utilization} when="after" />
      </div>
      {figures.map(([name, figure]) => (
        <div role="cell" class="number" key={name} data-tip={`${name}: before above, after below.`}>
          <div class="muted">{before === undefined ? '–' : plain(figure(before))}</div>
          <div class="is-strong">{after === undefined ? '–' : plain(figure(after))}</div>
        </div>
      ))}
    </div>
  )
}

function Bar({ share, when }: { readonly share: number | undefined; readonly when: 'before' | 'after' }) {
  const text = share === undefined ? 'not there' : plain(percent(share))
  return (
    <div class={`bar is-${when}`} role="img" aria-label={`Utilization ${when}: ${text}`}>
      <div class="bar-track">
        <span style={{ transform: `scaleX(${(share ?? 0).toFixed(3)})` }} />
      </div>
      <span class="number">{text}</span>
    </div>
  )
}

function paired(before: readonly SimulatedModel[], after: readonly SimulatedModel[]): readonly Compared[] {
  const later = new Map(after.map((model) => [model.id, model]))
  const earlier = new Set(before.map(({ id }) => id))
  return [
    ...before.map((model) => ({ id: model.id, before: model, after: later.get(model.id) })),
    ...after
      .filter(({ id }) => !earlier.has(id))
      .map((model) => ({ id: model.id, before: undefined, after: model })),
  ]
}
