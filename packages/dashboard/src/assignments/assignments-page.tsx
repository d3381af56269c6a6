import { Grid3x3 } from 'lucide'
import { agents, assignments, models } from '../live/catalog'
import { valueOf } from '../live/loadable'
import { Empty, WhenReady } from '../ui/states'
import { MatrixPanel } from './matrix-panel'
import { PlanPanel } from './plan-panel'

export function AssignmentsPage() {
  const retry = () => {
    for (const one of [models, agents, assignments]) void one.load()
  }
  return (
    <WhenReady of={assignments.state.value} onRetry={retry} lines={10}>
      {(today) => {
        const allAgents = valueOf(agents.state.value)
        const allModels = valueOf(models.state.value)
        if (allAgents?.length === 0 || allModels?.length === 0) {
          return (
            <Empty icon={Grid3x3} title="Nothing to assign yet">
              It takes an agent and a model: add them under{' '}
              <a class="link" href="/catalog" data-page>
                Models and agents
              </a>
              .
            </Empty>
          )
        }
        return (
          <div class="stack">
            <PlanPanel today={today} />
            {allAgents === undefined || allModels === undefined ? null : (
              <MatrixPanel agents={allAgents} models={allModels} today={today} />
            )}
          </div>
        )
      }}
    </WhenReady>
  )
}
