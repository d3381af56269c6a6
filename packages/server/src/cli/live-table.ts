import Table from 'cli-table3'
import pc from 'picocolors'
import type { InstanceSnapshot, ModelSnapshot } from './snapshot.js'

const BAR_CELLS = 12
const REDRAW_MS = 500
const LINE_MS = 5000

const PLAIN_BORDERS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: ' ', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: ' ' },
}

/** The live table: one row per model, and the totals below; no newline at the end. */
export function renderTable(snapshot: InstanceSnapshot, isColored: boolean): string {
  const colors = pc.createColors(isColored)
  const table = new Table({
    head: ['model', 'in flight / limit', 'queue', 'requests', 'p50 ms', 'p95 ms', 'failures'].map(colors.dim),
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
    chars: PLAIN_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  })
  for (const model of snapshot.models) {
    const paint = paintOf(model, colors)
    table.push([
      model.name,
      `${paint(bar(model))} ${model.activeRequests}/${model.maxConcurrent}`,
      model.queueDepth > 0 ? colors.yellow(String(model.queueDepth)) : '0',
      String(model.requests),
      milliseconds(model.p50Ms),
      milliseconds(model.p95Ms),
      model.failures > 0 ? colors.red(String(model.failures)) : '0',
    ])
  }
  return `${table.toString()}\n ${colors.dim(totals(snapshot))}`
}

/** The same for where nothing can be redrawn: one line. */
export function renderLine(snapshot: InstanceSnapshot): string {
  const models = snapshot.models.map((model) => {
    const queue = model.queueDepth > 0 ? ` +${model.queueDepth} waiting` : ''
    return `${model.id} ${model.activeRequests}/${model.maxConcurrent}${queue}`
  })
  return `${models.join(' · ')} | ${totals(snapshot)}`
}

/** Where the table is drawn; `process.stdout` is one. */
interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/**
 * Draws the table again and again: in place on a terminal, as a line every few seconds elsewhere.
 *
 * @returns draws it a last time and ends.
 */
export function startLiveTable(takeSnapshot: () => InstanceSnapshot, screen: Screen): () => void {
  let drawnLines = 0
  let redrawsToLine = 0
  const drawLine = (snapshot: InstanceSnapshot): void => {
    screen.write(`${renderLine(snapshot)}\n`)
    drawnLines = 0
    redrawsToLine = LINE_MS / REDRAW_MS
  }
  const draw = (): void => {
    const snapshot = takeSnapshot()
    if (!fits(snapshot, screen)) {
      if (redrawsToLine-- <= 0) drawLine(snapshot)
      return
    }
    const text = renderTable(snapshot, isColorWanted(screen))
    const back = drawnLines > 0 ? `\u001b[${drawnLines}A\u001b[0J` : ''
    screen.write(`${back}${text}\n`)
    drawnLines = text.split('\n').length
  }
  const isTerminal = screen.isTTY === true
  const timer = setInterval(
    isTerminal ? draw : () => drawLine(takeSnapshot()),
    isTerminal ? REDRAW_MS : LINE_MS,
  )
  draw()
  return () => {
    clearInterval(timer)
    redrawsToLine = 0
    draw()
  }
}

/** A table that wraps takes more lines than it has, and would not be drawn over. */
function fits(snapshot: InstanceSnapshot, { isTTY, columns = 0 }: Screen): boolean {
  return (
    isTTY === true &&
    renderTable(snapshot, false)
      .split('\n')
      .every((line) => line.length < columns)
  )
}

/** Colour only on a terminal, and where the environment does not forbid it (NO_COLOR, TERM=dumb). */
export function isColorWanted(screen: Screen): boolean {
  return screen.isTTY === true && pc.isColorSupported
}

function bar({ activeRequests, maxConcurrent }: ModelSnapshot): string {
  const share = maxConcurrent === 0 ? 0 : Math.min(1, activeRequests / maxConcurrent)
  // One request in hundreds still shows, and only a full model shows a full bar.
  const filled = activeRequests === 0 ? 0 : Math.max(1, Math.floor(share * BAR_CELLS))
  return '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled)
}

function paintOf(model: ModelSnapshot, colors: ReturnType<typeof pc.createColors>) {
  if (model.activeRequests >= model.maxConcurrent) return colors.red
  return model.isOverTarget ? colors.yellow : colors.green
}

function milliseconds(value: number | null): string {
  return value === null ? '–' : String(Math.round(value))
}

function totals({ submitted, completed, rejected, waiting, inFlight }: InstanceSnapshot): string {
  return `${submitted} submitted, ${completed} completed, ${rejected} rejected, ${waiting} waiting, ${inFlight} in flight`
}
