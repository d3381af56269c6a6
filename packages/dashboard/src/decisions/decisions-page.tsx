import { Pause, Play, Route, SearchX } from 'lucide'
import { useEffect } from 'preact/hooks'
import { navigate, path } from '../app/route'
import type { DecisionRecord } from '../api/views'
import { counted } from '../format/words'
import { Icon } from '../ui/icon'
import { isNarrow } from '../ui/narrow'
import { Empty, WhenReady } from '../ui/states'
import { VirtualRows } from '../ui/virtual-rows'
import { DecisionDrawer } from './decision-drawer'
import { DECISION_ROW_HEIGHT, DECISION_ROW_HEIGHT_NARROW, DecisionHead, DecisionRow } from './decision-row'
import { FilterBar } from './filter-bar'
import { clearFilters, hasFilters, setFilter } from './filters'
import { followRows, isPaused, isScrolled, keyOf, loadRows, missed, readOn, rows, searched } from './rows'

const MOST_VISIBLE = 16
const MOST_VISIBLE_NARROW = 8

export function DecisionsPage() {
  useEffect(followRows, [])
  const [, opened, byRequest] = path.value
  return (
    <div class="panel decisions">
      <div class="toolbar">
        <FilterBar />
        <div class="toolbar spread">
          <MissedButton />
          <PauseButton />
        </div>
      </div>
      <WhenReady of={rows.value} onRetry={() => void loadRows()} lines={12}>
        {(value) => (value.length === 0 ? <NoRows /> : <List value={value} />)}
      </WhenReady>
      {opened === undefined ? null : (
        <DecisionDrawer key={path.value.join('/')} id={opened} requestId={byRequest} onClose={closeDrawer} />
      )}
    </div>
  )
}

function List({ value }: { readonly value: readonly DecisionRecord[] }) {
  const narrow = isNarrow.value
  return (
    <VirtualRows
      label="Requests that ended, the latest first"
      count={value.length}
      rowHeight={narrow ? DECISION_ROW_HEIGHT_NARROW : DECISION_ROW_HEIGHT}
      mostVisible={narrow ? MOST_VISIBLE_NARROW : MOST_VISIBLE}
      head={narrow ? undefined : <DecisionHead />}
      onEnd={() => void readOn()}
      onScrolled={(scrolled) => (isScrolled.value = scrolled)}
      row={(i) => {
        const record = value[i]
        return record === undefined ? null : (
          <DecisionRow key={keyOf(record)} record={record} index={i} isNarrow={narrow} onOpen={open} />
        )
      }}
    />
  )
}

function open({ decision_id, request_id }: DecisionRecord): void {
  const target = decision_id ?? `request/${encodeURIComponent(request_id)}`
  navigate(`/decisions/${target}${location.search}`)
}

function closeDrawer(): void {
  navigate(`/decisions${location.search}`)
}

function PauseButton() {
  const paused = isPaused.value
  return (
    <button
      type="button"
      class="btn btn-sm"
      aria-pressed={paused}
      onClick={() => (isPaused.value = !paused)}
      data-tip={paused ? 'Show requests again as they end' : 'Hold the list still; nothing is lost'}
    >
      <Icon of={paused ? Play : Pause} size={16} /> {paused ? 'Resume' : 'Pause'}
    </button>
  )
}

function MissedButton() {
  const number = missed.value
  if (number === 0) return null
  const show = () => {
    isPaused.value = false
    isScrolled.value = false
    document.querySelector('.decisions .rows')?.scrollTo({ top: 0 })
  }
  return (
    <button type="button" class="btn btn-sm btn-primary" onClick={show}>
      {counted(number, 'new one')}
    </button>
  )
}

function NoRows() {
  const text = searched.value.trim()
  if (text !== '') {
    return (
      <Empty icon={SearchX} title="Nothing that is loaded holds this text">
        <button type="button" class="btn btn-sm" onClick={() => searchHistory(text)}>
          Search the whole history for the request “{text}”
        </button>
      </Empty>
    )
  }
  if (hasFilters.value) {
    return (
      <Empty icon={SearchX} title="No request is of this kind">
        <button type="button" class="btn btn-sm" onClick={clearFilters}>
          Show all
        </button>
      </Empty>
    )
  }
  return (
    <Empty icon={Route} title="No request has ended yet">
      Send one to <code>/v1/chat/completions</code>; it appears here with the reasons for its model.
    </Empty>
  )
}

function searchHistory(requestId: string): void {
  searched.value = ''
  setFilter('request', requestId)
}
