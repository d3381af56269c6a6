import { FlaskConical } from 'lucide'
import type { SimulationView } from '../api/views'
import { counted } from '../format/words'
import { sayFailed } from '../ui/notices'
import { Panel } from '../ui/panel'
import { Empty, Failed } from '../ui/states'
import { ModelsCompared } from './models-compared'
import { SidesCompared } from './sides-compared'
import { cancel, run } from './run'

export function RunResult() {
  const now = run.value
  switch (now.kind) {
    case 'none':
      return (
        <Panel title="Before and after" className="what-if-result">
          <Empty icon={FlaskConical} title="Ask a question first">
            What was recorded is run twice: as it was, and as it would have been. Waits, latency, success,
            cost and how busy each model is stand side by side.
          </Empty>
        </Panel>
      )
    case 'failed':
      return (
        <Panel title="Before and after">
          <Failed error={now.error} onRetry={() => (run.value = { kind: 'none' })} />
        </Panel>
      )
    case 'going':
      return <Going id={now.id} progress={now.progress} />
    case 'done':
      return <Done simulation={now.simulation} />
  }
}

function Going({ id, progress }: { readonly id: string; readonly progress: number }) {
  const percent = Math.round(progress * 100)
  return (
    <Panel title="Running" subtitle={`${percent} % of both sides`}>
      <progress
        class="progress progress-primary"
        value={percent}
        max={100}
        aria-label="Progress of the simulation"
      />
      <div class="dialog-actions">
        <button type="button" class="btn btn-sm" onClick={() => void cancel(id).catch(sayFailed)}>
          Cancel
        </button>
      </div>
    </Panel>
  )
}

function Done({ simulation: { result } }: { readonly simulation: SimulationView }) {
  if (result === null) return null
  const { before, after, left_out } = result
  const left = left_out === 0 ? '' : `; ${counted(left_out, 'request')} left out, which cannot be simulated`
  return (
    <div class="stack">
      <Panel
        title="Before and after"
        subtitle={`${counted(before.requests, 'request')} on either side${left}`}
      >
        <SidesCompared before={before} after={after} />
      </Panel>
      <Panel title="Model by model">
        <ModelsCompared before={before.models} after={after.models} />
      </Panel>
    </div>
  )
}
