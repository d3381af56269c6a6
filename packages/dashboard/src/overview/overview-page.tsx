import { Server } from 'lucide'
import { connection } from '../live/connect'
import { fleet, modelIds } from '../live/fleet'
import { Empty, Skeleton } from '../ui/states'
import { FleetCards } from './fleet-cards'
import { FlowPanel } from './flow-panel'
import { HistoryPanel } from './history-panel'
import { ModelsPanel } from './models-panel'

export function OverviewPage() {
  if (fleet.value === null) return <BeforeFirstTick />
  if (modelIds.value.length === 0) {
    return (
      <Empty icon={Server} title="No models yet">
        Add the first under{' '}
        <a class="link" href="/catalog" data-page>
          Models and agents
        </a>
        , or in loadstar.yaml; what it carries is shown here from its first request on.
      </Empty>
    )
  }
  return (
    <div class="overview">
      <FleetCards />
      <div class="overview-middle">
        <FlowPanel />
        <HistoryPanel />
      </div>
      <ModelsPanel />
    </div>
  )
}

function BeforeFirstTick() {
  if (connection.value.kind === 'refused') {
    return (
      <Empty icon={Server} title="This server asks for a key">
        What it carries is shown once it has one.
      </Empty>
    )
  }
  return <Skeleton lines={10} />
}
