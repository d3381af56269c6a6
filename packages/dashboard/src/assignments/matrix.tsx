import { Pin } from 'lucide'
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { AgentView, AssignmentView, ModelView } from '../api/views'
import { Icon } from '../ui/icon'
import { useWidth } from '../ui/width'
import type { PairScore, ScoreBlocks } from './score-blocks'

const ROW_PX = 36
const HEAD_PX = 40
const NAMES_PX = 150
const LEAST_COLUMN_PX = 84
const GREATEST_COLUMN_PX = 340
const MOST_ROWS_SEEN = 15
const SPARE = 3

export interface Cell {
  readonly agent: AgentView
  readonly model: ModelView
  readonly pair: PairScore | undefined
}

interface MatrixProps {
  readonly agents: readonly AgentView[]
  readonly models: readonly ModelView[]
  /** By agent id. */
  readonly assigned: ReadonlyMap<string, AssignmentView>
  readonly blocks: ScoreBlocks
  readonly onOpen: (cell: Cell) => void
}

interface Place {
  readonly row: number
  readonly column: number
}

/** Agents × models, of which only the cells in sight exist; arrow keys go from cell to cell. */
export function Matrix({ agents, models, assigned, blocks, onOpen }: MatrixProps) {
  const { element: frame, width } = useWidth<HTMLDivElement>()
  const [scrolled, setScrolled] = useState({ top: 0, left: 0 })
  const columnPx = columnWidth(width, models.length)
  const rows = rangeOf(scrolled.top, ROW_PX, MOST_ROWS_SEEN, agents.length)
  const columns = rangeOf(scrolled.left, columnPx, Math.ceil(width / columnPx), models.length)
  useScores(blocks, width === 0 ? { start: 0, end: 0 } : rows, columns)
  const { focused, setFocused, onKeyDown } = useArrowKeys(frame, agents.length, models.length, columnPx)
  const shownModels = models.slice(columns.start, columns.end)
  return (
    <div
      class="matrix"
      role="grid"
      aria-label="Match score of every agent with every model"
      aria-rowcount={agents.length + 1}
      aria-colcount={models.length + 1}
      ref={frame}
      onScroll={({ currentTarget: { scrollTop: top, scrollLeft: left } }) => setScrolled({ top, left })}
      onKeyDown={onKeyDown}
      style={{ maxHeight: `${HEAD_PX + MOST_ROWS_SEEN * ROW_PX + 14}px` }}
    >
      <div
        class="matrix-plane"
        role="presentation"
        style={{
          width: `${NAMES_PX + models.length * columnPx}px`,
          height: `${HEAD_PX + agents.length * ROW_PX}px`,
        }}
      >
        <MatrixHead models={shownModels} first={columns.start} columnPx={columnPx} />
        {agents.slice(rows.start, rows.end).map((agent, i) => (
          <div
            key={agent.id}
            class="matrix-row"
            role="row"
            aria-rowindex={rows.start + i + 2}
            style={{ top: `${HEAD_PX + (rows.start + i) * ROW_PX}px` }}
          >
            <div class="matrix-agent" role="rowheader" aria-colindex={1} data-tip={agent.name}>
              <span>{agent.name}</span>
            </div>
            {shownModels.map((model, j) => {
              const place = { row: rows.start + i, column: columns.start + j }
              return (
                <MatrixCell
                  key={model.id}
                  cell={{ agent, model, pair: blocks.at(place.row, place.column) }}
                  place={place}
                  assignment={assigned.get(agent.id)}
                  columnPx={columnPx}
                  isFocusable={place.row === focused.row && place.column === focused.column}
                  onFocus={() => setFocused(place)}
                  onOpen={onOpen}
                />
              )
            })}
          </div>
        ))}
      </div>
    </div>
  )
}

interface MatrixHeadProps {
  readonly models: readonly ModelView[]
  /** Place of the first of them. */
  readonly first: number
  readonly columnPx: number
}

function MatrixHead({ models, first, columnPx }: MatrixHeadProps) {
  return (
    <div class="matrix-head" role="row" aria-rowindex={1}>
      <div class="matrix-corner" role="columnheader" aria-colindex={1}>
        Agent
      </div>
      {models.map((model, i) => (
        <div
          key={model.id}
          class="matrix-model"
          role="columnheader"
          aria-colindex={first + i + 2}
          data-tip={model.name}
          style={{ left: `${NAMES_PX + (first + i) * columnPx}px`, width: `${columnPx}px` }}
        >
          <span>{model.name}</span>
        </div>
      ))}
    </div>
  )
}

interface Span {
  readonly start: number
  readonly end: number
}

/** Asks for the scores in sight once they stay there, and draws anew when they have come. */
function useScores(blocks: ScoreBlocks, rows: Span, columns: Span): void {
  const version = blocks.version.value
  useEffect(() => {
    const window = {
      firstAgent: rows.start,
      agents: rows.end - rows.start,
      firstModel: columns.start,
      models: columns.end - columns.start,
    }
    if (window.agents === 0 || window.models === 0) return
    const timer = setTimeout(() => blocks.want(window), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [version, rows.start, rows.end, columns.start, columns.end])
}

/** One cell is reached by Tab, the others from there by the arrow keys. */
function useArrowKeys(
  frame: RefObject<HTMLDivElement | null>,
  agents: number,
  models: number,
  columnPx: number,
) {
  const [focused, setFocused] = useState<Place>({ row: 0, column: 0 })
  const shouldFocus = useRef(false)
  // Before the next key comes; a cell that is far away exists only once its rows have been scrolled to.
  useLayoutEffect(() => {
    if (!shouldFocus.current) return
    const cell = frame.current?.querySelector<HTMLElement>(`[data-cell="${focused.row} ${focused.column}"]`)
    if (cell === null || cell === undefined) return
    shouldFocus.current = false
    cell.focus()
  })
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (step === undefined || frame.current === null) return
    event.preventDefault()
    const next = {
      row: clamp(focused.row + step.row, agents),
      column: clamp(focused.column + step.column, models),
    }
    frame.current.scrollTo(into(frame.current, next, columnPx))
    shouldFocus.current = true
    setFocused(next)
  }
  return { focused, setFocused, onKeyDown }
}

/** Scrolling past a block is no reason to ask for it. */
const SETTLED_MS = 80
const STEPS: Readonly<Record<string, Place>> = {
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
  PageUp: { row: -MOST_ROWS_SEEN, column: 0 },
  PageDown: { row: MOST_ROWS_SEEN, column: 0 },
}

interface MatrixCellProps {
  readonly cell: Cell
  readonly place: Place
  readonly assignment: AssignmentView | undefined
  readonly columnPx: number
  readonly isFocusable: boolean
  readonly onFocus: () => void
  readonly onOpen: (cell: Cell) => void
}

/** The strongest shade still lets dark text be read on it. */
const STRONGEST_SHADE = 46
/** Scores of a fleet are near to one another: what is better has to be darker by more. */
const SHADE_POWER = 1.7

function MatrixCell(props: MatrixCellProps) {
  const { cell, place, assignment, columnPx, isFocusable, onFocus, onOpen } = props
  const { agent, model, pair } = cell
  const isAssigned = assignment?.model_id === model.id
  const isPinned = isAssigned && assignment.method === 'manual'
  const filter = pair?.filteredBecause ?? null
  const state = isPinned ? 'is-pinned' : isAssigned ? 'is-assigned' : filter === null ? '' : 'is-filtered'
  const marks = isPinned ? ', assigned by hand' : isAssigned ? ', assigned' : ''
  const shown = pair?.score.toFixed(0) ?? '·'
  const score = pair === undefined ? 'score on its way' : `${shown} points`
  const words = `${agent.name} with ${model.name}: ${score}${filter === null ? '' : `, left out: ${filter}`}${marks}`
  return (
    <div
      class={`matrix-cell ${state}`}
      role="gridcell"
      aria-colindex={place.column + 2}
      aria-label={words}
      data-tip={words}
      data-cell={`${place.row} ${place.column}`}
      data-agent={agent.id}
      data-model={model.id}
      tabIndex={isFocusable ? 0 : -1}
      onFocus={onFocus}
      onClick={() => onOpen(cell)}
      onKeyDown={({ key }) => {
        if (key === 'Enter' || key === ' ') onOpen(cell)
      }}
      style={{
        left: `${NAMES_PX + place.column * columnPx}px`,
        width: `${columnPx}px`,
        '--shade': `${(((pair?.score ?? 0) / 100) ** SHADE_POWER * STRONGEST_SHADE).toFixed(1)}%`,
      }}
    >
      {isPinned ? <Icon of={Pin} size={13} /> : null}
      <span>{shown}</span>
    </div>
  )
}

function rangeOf(offset: number, size: number, seen: number, count: number): Span {
  const start = Math.max(0, Math.floor(offset / size) - SPARE)
  return { start, end: Math.min(count, Math.floor(offset / size) + seen + SPARE) }
}

function columnWidth(width: number, models: number): number {
  const even = Math.floor((width - NAMES_PX - 2) / Math.max(1, models))
  return Math.max(LEAST_COLUMN_PX, Math.min(GREATEST_COLUMN_PX, even))
}

function clamp(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, value))
}

/** How far to scroll for a place to be in sight. */
function into(frame: HTMLElement, { row, column }: Place, columnPx: number): { top: number; left: number } {
  const top = row * ROW_PX
  const left = column * columnPx
  const rowsPx = frame.clientHeight - HEAD_PX - ROW_PX
  const columnsPx = frame.clientWidth - NAMES_PX - columnPx
  return {
    top: Math.min(top, Math.max(frame.scrollTop, top - rowsPx)),
    left: Math.min(left, Math.max(frame.scrollLeft, left - columnsPx)),
  }
}
