import { useEffect } from 'preact/hooks'
import { modelIds } from '../live/fleet'
import { counted } from '../format/words'
import { isNarrow } from '../ui/narrow'
import { Panel } from '../ui/panel'
import { VirtualRows } from '../ui/virtual-rows'
import { keepOrder, orderedIds, sortBy, sorting, wanted, type Column } from './model-order'
import { ModelRow, ROW_HEIGHT, ROW_HEIGHT_NARROW } from './model-row'

const MOST_VISIBLE = 14
const MOST_VISIBLE_NARROW = 6
/** With fewer models everything is seen at once. */
const SEARCHABLE_FROM = 8

const COLUMNS: readonly { readonly column: Column; readonly text: string; readonly tip: string }[] = [
  { column: 'name', text: 'Model', tip: 'Its name, and the state of its breaker where that is not closed.' },
  {
    column: 'load',
    text: 'In flight',
    tip: 'Requests in flight of the most it may have at once; the mark is the target. Sorted by utilization.',
  },
  { column: 'queued', text: 'Queue', tip: 'Requests that wait for this model.' },
  { column: 'requests', text: 'Requests', tip: 'Requests that ended there, per second.' },
  { column: 'tokens', text: 'Tokens', tip: 'Output tokens per second.' },
  { column: 'p50', text: 'P50', tip: 'Half of its answers took no longer than this.' },
  { column: 'p95', text: 'P95', tip: '95 of 100 of its answers took no longer than this.' },
  { column: 'p99', text: 'P99', tip: '99 of 100 of its answers took no longer than this.' },
  { column: 'success', text: 'Success', tip: 'Share of its calls that were answered well.' },
]

export function ModelsPanel() {
  useEffect(keepOrder, [])
  const ids = orderedIds.value
  const narrow = isNarrow.value
  return (
    <Panel
      title="Models"
      subtitle={counted(modelIds.value.length, 'model')}
      className="models-panel"
      actions={
        modelIds.value.length < SEARCHABLE_FROM ? undefined : (
          <input
            class="input input-sm"
            type="search"
            placeholder="Find a model"
            aria-label="Find a model"
            value={wanted.value}
            onInput={(event) => (wanted.value = event.currentTarget.value)}
          />
        )
      }
    >
      {ids.length === 0 && wanted.value !== '' ? (
        <p class="none-found">No model is named like “{wanted.value}”.</p>
      ) : (
        <VirtualRows
          label="Models and their load"
          count={ids.length}
          rowHeight={narrow ? ROW_HEIGHT_NARROW : ROW_HEIGHT}
          mostVisible={narrow ? MOST_VISIBLE_NARROW : MOST_VISIBLE}
          head={narrow ? undefined : <Head />}
          row={(i) => {
            const id = ids[i]
            return id === undefined ? null : <ModelRow key={id} id={id} index={i} isNarrow={narrow} />
          }}
        />
      )}
    </Panel>
  )
}

function Head() {
  const { column: current, isDescending } = sorting.value
  return (
    <div class="rows-head model-grid" role="row" aria-rowindex={1}>
      {COLUMNS.map(({ column, text, tip }) => (
        <div
          key={column}
          role="columnheader"
          aria-sort={column !== current ? 'none' : isDescending ? 'descending' : 'ascending'}
        >
          <button type="button" class="sort" data-tip={tip} onClick={() => sortBy(column)}>
            {text}
            <span aria-hidden="true">{column !== current ? '' : isDescending ? '↓' : '↑'}</span>
          </button>
        </div>
      ))}
      <div role="columnheader">
        <span class="sort" data-tip="Utilization over the latest updates, up to the limit.">
          Trend
        </span>
      </div>
    </div>
  )
}
