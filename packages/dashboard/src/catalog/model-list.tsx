import { Boxes } from 'lucide'
import { setQuery } from '../app/route'
import type { ModelView } from '../api/views'
import { count } from '../format/quantity'
import { models } from '../live/catalog'
import { modelState } from '../live/fleet'
import { words } from '../format/words'
import { Load, StateBadge } from '../overview/model-row'
import { isNarrow } from '../ui/narrow'
import { Figure } from '../ui/quantity'
import { RowsHead, type HeadColumn } from '../ui/rows-head'
import { Empty, WhenReady } from '../ui/states'
import { VirtualRows } from '../ui/virtual-rows'
import { SourceBadge } from './source-badge'

const ROW_HEIGHT = 52
const ROW_HEIGHT_NARROW = 88
const MOST_VISIBLE = 14
const MOST_VISIBLE_NARROW = 7

const COLUMNS: readonly HeadColumn[] = [
  { text: 'Model', tip: 'Its name and id, and the public name it shares with others.' },
  { text: 'In flight', tip: 'Requests in flight of the most it may have at once; the mark is the target.' },
  { text: 'Limit', tip: 'Requests it may hold at once; never exceeded.', isNumber: true },
  { text: 'Queue', tip: 'Requests that may wait for it at most.', isNumber: true },
  { text: 'Context', tip: 'Tokens it can read.', isNumber: true },
  { text: 'Price in', tip: 'US dollars for a million tokens it reads.', isNumber: true },
  { text: 'Price out', tip: 'US dollars for a million tokens it writes.', isNumber: true },
  { text: 'Strongest in', tip: 'Its greatest declared strengths.' },
]
const MOST_STRENGTHS = 3

export function ModelList({ text }: { readonly text: string }) {
  return (
    <WhenReady of={models.state.value} onRetry={() => void models.load()} lines={8}>
      {(all) => {
        if (all.length === 0) {
          return (
            <Empty icon={Boxes} title="No models yet">
              Add the first here, or in loadstar.yaml. It takes live traffic at once.
            </Empty>
          )
        }
        const found = all.filter(({ id, name, alias, tags }) =>
          [id, name, alias ?? '', ...tags].some((word) => word.toLowerCase().includes(text)),
        )
        return found.length === 0 ? (
          <p class="none-found">No model is like “{text}”.</p>
        ) : (
          <Rows models={found} />
        )
      }}
    </WhenReady>
  )
}

function Rows({ models: shown }: { readonly models: readonly ModelView[] }) {
  const narrow = isNarrow.value
  return (
    <VirtualRows
      label="Models"
      count={shown.length}
      rowHeight={narrow ? ROW_HEIGHT_NARROW : ROW_HEIGHT}
      mostVisible={narrow ? MOST_VISIBLE_NARROW : MOST_VISIBLE}
      head={narrow ? undefined : <RowsHead grid="catalog-grid" columns={COLUMNS} />}
      row={(i) => {
        const model = shown[i]
        return model === undefined ? null : <Row key={model.id} model={model} index={i} isNarrow={narrow} />
      }}
    />
  )
}

interface RowProps {
  readonly model: ModelView
  readonly index: number
  readonly isNarrow: boolean
}

function Row({ model, index, isNarrow }: RowProps) {
  const { id, max_concurrent, max_queue, context_length, price } = model
  const common = {
    role: 'row' as const,
    'aria-rowindex': index + 2,
    'data-model': id,
    onClick: () => setQuery({ model: id }),
  }
  if (isNarrow) {
    return (
      <div class="row catalog-card clickable" {...common}>
        <div role="cell">
          <Name model={model} />
        </div>
        <div role="cell">
          <LiveLoad id={id} />
        </div>
      </div>
    )
  }
  return (
    <div class="row catalog-grid clickable" {...common}>
      <div role="cell">
        <Name model={model} />
      </div>
      <div role="cell">
        <LiveLoad id={id} />
      </div>
      <div role="cell" class="number">
        <Figure of={count(max_concurrent)} />
      </div>
      <div role="cell" class="number">
        <Figure of={count(max_queue)} />
      </div>
      <div role="cell" class="number">
        <Figure of={count(context_length)} />
      </div>
      <div role="cell" class="number">
        <Dollars value={price?.input_usd_per_mtok} />
      </div>
      <div role="cell" class="number">
        <Dollars value={price?.output_usd_per_mtok} />
      </div>
      <div role="cell" class="ellipsis muted">
        {strengthsOf(model)}
      </div>
    </div>
  )
}

function Name({ model: { id, name, alias, source } }: { readonly model: ModelView }) {
  const live = modelState(id)?.now.value
  return (
    <div class="entry-name">
      <button type="button" class="row-opener ellipsis">
        {name}
      </button>
      {live === undefined ? null : <StateBadge model={live} />}
      <span class="hint ellipsis">
        {id}
        {alias === null ? '' : ` · ${alias}`}
      </span>
      <SourceBadge source={source} />
    </div>
  )
}

function LiveLoad({ id }: { readonly id: string }) {
  const live = modelState(id)?.now.value
  if (live === undefined) return <span class="muted">–</span>
  return <Load model={live} />
}

function Dollars({ value }: { readonly value: number | undefined }) {
  return value === undefined ? <span class="muted">–</span> : <span>${value.toFixed(2)}</span>
}

function strengthsOf({ capabilities }: ModelView): string {
  return Object.entries(capabilities)
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_STRENGTHS)
    .map(([name]) => words(name))
    .join(', ')
}
