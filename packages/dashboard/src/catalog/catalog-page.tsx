import { signal } from '@preact/signals'
import { Plus } from 'lucide'
import { query, setQuery } from '../app/route'
import { Choice } from '../ui/choice'
import { Icon } from '../ui/icon'
import { AgentDrawer } from './agent-drawer'
import { AgentList } from './agent-list'
import { ModelDrawer } from './model-drawer'
import { ModelList } from './model-list'
import { NewAgentDialog } from './new-agent-dialog'
import { NewModelDialog } from './new-model-dialog'

const KINDS = [
  { value: 'models', text: 'Models' },
  { value: 'agents', text: 'Agents' },
] as const

const sought = signal('')

/** What is opened stands in the address: `?model=…`, `?agent=…`, `?new=…`. */
export function CatalogPage() {
  const kind = query.value.get('show') === 'agents' || query.value.has('agent') ? 'agents' : 'models'
  const text = sought.value.trim().toLowerCase()
  return (
    <div class="panel catalog">
      <div class="toolbar">
        <Choice
          label="Models or agents"
          options={KINDS}
          value={kind}
          onChoose={(show) => setQuery({ show, model: '', agent: '' })}
        />
        <input
          class="input input-sm"
          type="search"
          placeholder={`Find ${kind}`}
          aria-label={`Find ${kind}`}
          value={sought.value}
          onInput={(event) => (sought.value = event.currentTarget.value)}
        />
        <button
          type="button"
          class="btn btn-sm btn-primary spread"
          onClick={() => setQuery({ new: kind === 'models' ? 'model' : 'agent' })}
        >
          <Icon of={Plus} size={16} /> Add {kind === 'models' ? 'model' : 'agent'}
        </button>
      </div>
      {kind === 'models' ? <ModelList text={text} /> : <AgentList text={text} />}
      <Opened />
    </div>
  )
}

function Opened() {
  const model = query.value.get('model')
  const agent = query.value.get('agent')
  const isNew = query.value.get('new')
  if (isNew === 'model') return <NewModelDialog onClose={() => setQuery({ new: '' })} />
  if (isNew === 'agent') return <NewAgentDialog onClose={() => setQuery({ new: '' })} />
  if (model !== null) return <ModelDrawer key={model} id={model} onClose={() => setQuery({ model: '' })} />
  if (agent !== null) {
    return <AgentDrawer key={agent} id={agent} onClose={() => setQuery({ agent: '', show: 'agents' })} />
  }
  return null
}
