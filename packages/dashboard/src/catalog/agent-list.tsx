import { computed } from '@preact/signals'
import { Bot } from 'lucide'
import { setQuery } from '../app/route'
import type { AgentStatus, AgentView } from '../api/views'
import { words } from '../format/words'
import { agents, assignments, modelNames } from '../live/catalog'
import { valueOf } from '../live/loadable'
import { Badge, type Tone } from '../ui/badge'
import { isNarrow } from '../ui/narrow'
import { RowsHead } from '../ui/rows-head'
import { Empty, WhenReady } from '../ui/states'
import { VirtualRows } from '../ui/virtual-rows'
import { SourceBadge } from './source-badge'

const ROW_HEIGHT = 52
const ROW_HEIGHT_NARROW = 80
const MOST_VISIBLE = 14
const MOST_VISIBLE_NARROW = 8

const COLUMNS = [
  { text: 'Agent', tip: 'Its name and the id that requests carry in x-agent-id.' },
  { text: 'Status', tip: 'Only agents that are online are assigned.' },
  { text: 'Needs', tip: 'Capabilities its model has to have.' },
  { text: 'Prefers', tip: 'Capabilities that make a model better for it.' },
  { text: 'Assigned to', tip: 'The model it is assigned to, by strategy or by hand.' },
] as const

const STATUS_TONES: Readonly<Record<AgentStatus, Tone>> = {
  online: 'good',
  offline: 'quiet',
  maintenance: 'warning',
}

const assignedTo = computed(
  () => new Map(valueOf(assignments.state.value)?.map(({ agent_id, model_id }) => [agent_id, model_id])),
)

export function AgentList({ text }: { readonly text: string }) {
  return (
    <WhenReady of={agents.state.value} onRetry={() => void agents.load()} lines={8}>
      {(all) => {
        if (all.length === 0) {
          return (
            <Empty icon={Bot} title="No agents yet">
              An agent is whoever asks: requests name it in the header <code>x-agent-id</code>.
            </Empty>
          )
        }
        const found = all.filter(({ id, name, capabilities }) =>
          [id, name, ...capabilities].some((word) => word.toLowerCase().includes(text)),
        )
        return found.length === 0 ? (
          <p class="none-found">No agent is like “{text}”.</p>
        ) : (
          <Rows agents={found} />
        )
      }}
    </WhenReady>
  )
}

function Rows({ agents: shown }: { readonly agents: readonly AgentView[] }) {
  const narrow = isNarrow.value
  return (
    <VirtualRows
      label="Agents"
      count={shown.length}
      rowHeight={narrow ? ROW_HEIGHT_NARROW : ROW_HEIGHT}
      mostVisible={narrow ? MOST_VISIBLE_NARROW : MOST_VISIBLE}
      head={narrow ? undefined : <RowsHead grid="agent-grid" columns={COLUMNS} />}
      row={(i) => {
        const agent = shown[i]
        return agent === undefined ? null : <Row key={agent.id} agent={agent} index={i} isNarrow={narrow} />
      }}
    />
  )
}

interface RowProps {
  readonly agent: AgentView
  readonly index: number
  readonly isNarrow: boolean
}

function Row({ agent, index, isNarrow }: RowProps) {
  const { id, name, status, capabilities, preferred_capabilities, source } = agent
  const model = assignedTo.value.get(id)
  const nameCell = (
    <div class="entry-name">
      <button type="button" class="row-opener ellipsis">
        {name}
      </button>
      <span class="hint ellipsis">{id}</span>
      <SourceBadge source={source} />
    </div>
  )
  const modelCell =
    model === undefined ? <span class="muted">none</span> : (modelNames.value.get(model) ?? model)
  return (
    <div
      class={`row clickable ${isNarrow ? 'catalog-card' : 'agent-grid'}`}
      role="row"
      aria-rowindex={index + 2}
      data-agent={id}
      onClick={() => setQuery({ agent: id })}
    >
      <div role="cell">{nameCell}</div>
      <div role="cell">
        <Badge tone={STATUS_TONES[status]}>{status}</Badge>
        {isNarrow ? <span class="hint"> {modelCell}</span> : null}
      </div>
      {isNarrow ? null : (
        <>
          <div role="cell" class="ellipsis">
            {capabilities.map(words).join(', ') || <span class="muted">anything</span>}
          </div>
          <div role="cell" class="ellipsis muted">
            {preferred_capabilities.map(words).join(', ') || '–'}
          </div>
          <div role="cell" class="ellipsis is-strong">
            {modelCell}
          </div>
        </>
      )}
    </div>
  )
}
