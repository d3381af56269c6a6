import { useEffect, useMemo, useState } from 'preact/hooks'
import type { AgentView, AssignmentView, ModelView } from '../api/views'
import { counted } from '../format/words'
import { Panel } from '../ui/panel'
import { Failed } from '../ui/states'
import { Matrix, type Cell } from './matrix'
import { PairDialog } from './pair-dialog'
import { askScores } from './scores'
import { ScoreBlocks } from './score-blocks'

interface MatrixPanelProps {
  readonly agents: readonly AgentView[]
  readonly models: readonly ModelView[]
  readonly today: readonly AssignmentView[]
}

export function MatrixPanel({ agents, models, today }: MatrixPanelProps) {
  const blocks = useMemo(() => new ScoreBlocks(askScores), [])
  const [opened, setOpened] = useState<Cell | null>(null)
  const assigned = useMemo(() => new Map(today.map((one) => [one.agent_id, one])), [today])
  useEffect(() => blocks.clear(), [agents, models])
  const pinned = today.filter(({ method }) => method === 'manual').length
  return (
    <Panel
      title="Matrix"
      subtitle={`${counted(agents.length, 'agent')} × ${counted(models.length, 'model')}; ${counted(today.length, 'assignment')}, ${pinned} by hand`}
      actions={<Legend />}
    >
      {blocks.error.value === null ? (
        <Matrix agents={agents} models={models} assigned={assigned} blocks={blocks} onOpen={setOpened} />
      ) : (
        <Failed error={blocks.error.value} onRetry={() => blocks.clear()} />
      )}
      {opened === null ? null : (
        <PairDialog
          cell={opened}
          assignment={assigned.get(opened.agent.id)}
          onClose={() => setOpened(null)}
        />
      )}
    </Panel>
  )
}

function Legend() {
  return (
    <ul class="matrix-legend">
      <li class="is-scale" data-tip="Match score of the pair, 0 to 100 points: what it is worth before load.">
        0 <span class="matrix-scale" aria-hidden="true" /> 100 points
      </li>
      <li class="is-assigned" data-tip="The model the agent is assigned to.">
        assigned
      </li>
      <li class="is-pinned" data-tip="Assigned by hand: no automatic run changes it.">
        by hand
      </li>
      <li class="is-filtered" data-tip="A pair that no run makes; the reason stands in its cell.">
        left out
      </li>
    </ul>
  )
}
