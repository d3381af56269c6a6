import type { SimulationView } from '../api/views'
import { clockTime } from '../format/instant'
import { Badge, type Tone } from '../ui/badge'
import { Panel } from '../ui/panel'
import { valueOf } from '../live/loadable'
import { earlier, open } from './run'

const TONES: Readonly<Record<SimulationView['status'], Tone>> = {
  queued: 'quiet',
  running: 'accent',
  done: 'good',
  failed: 'bad',
  cancelled: 'quiet',
}
const MOST_SHOWN = 8

export function EarlierRuns() {
  const simulations = valueOf(earlier.state.value) ?? []
  if (simulations.length === 0) return null
  return (
    <Panel title="Earlier runs" subtitle="Kept until the server is started anew">
      <ul class="stack">
        {simulations.slice(0, MOST_SHOWN).map(({ id, status, created_at }) => (
          <li key={id} class="toolbar">
            <Badge tone={TONES[status]}>{status}</Badge>
            <span>{clockTime(Date.parse(created_at))}</span>
            {status === 'done' || status === 'queued' || status === 'running' ? (
              <button type="button" class="btn btn-xs spread" onClick={() => void open(id)}>
                Show
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
