import { X } from 'lucide'
import { agents, models } from '../live/catalog'
import { valueOf } from '../live/loadable'
import { words } from '../format/words'
import { EntrySelect } from '../ui/entry-select'
import { Icon } from '../ui/icon'
import { clearFilters, filters, hasFilters, setFilter, type Filters } from './filters'
import { OUTCOME_NAMES } from './outcome'
import { searched } from './rows'

const WAITS = [
  ['', 'Any wait'],
  ['1', 'Waited'],
  ['500', 'Waited ≥ 0.5 s'],
  ['2000', 'Waited ≥ 2 s'],
  ['10000', 'Waited ≥ 10 s'],
] as const
const TIMES = [
  ['', 'Any duration'],
  ['1000', 'Took ≥ 1 s'],
  ['5000', 'Took ≥ 5 s'],
  ['30000', 'Took ≥ 30 s'],
] as const

export function FilterBar() {
  return (
    <div class="toolbar" role="search" aria-label="Filter requests">
      <input
        class="input input-sm"
        type="search"
        placeholder="Search"
        aria-label="Search in agents, models, tasks and ids"
        value={searched.value}
        onInput={(event) => (searched.value = event.currentTarget.value)}
      />
      <EntrySelect
        label="Agent"
        any="Any agent"
        entries={valueOf(agents.state.value) ?? []}
        value={filters.value.agent}
        onChoose={(id) => setFilter('agent', id)}
      />
      <EntrySelect
        label="Model"
        any="Any model"
        entries={valueOf(models.state.value) ?? []}
        value={filters.value.model}
        onChoose={(id) => setFilter('model', id)}
      />
      <Select
        name="outcome"
        label="Outcome"
        options={[['', 'Any outcome'], ...OUTCOME_NAMES.map((name) => [name, words(name)] as const)]}
      />
      <Select name="wait" label="Wait in the queue" options={WAITS} />
      <Select name="took" label="Time in all" options={TIMES} />
      {filters.value.request === '' ? null : (
        <button type="button" class="btn btn-sm" onClick={() => setFilter('request', '')}>
          request {filters.value.request} <Icon of={X} size={14} />
        </button>
      )}
      {hasFilters.value ? (
        <button type="button" class="btn btn-sm btn-ghost" onClick={clearFilters}>
          Show all
        </button>
      ) : null}
    </div>
  )
}

interface SelectProps {
  readonly name: keyof Filters
  readonly label: string
  readonly options: readonly (readonly [string, string])[]
}

function Select({ name, label, options }: SelectProps) {
  const value = filters.value[name]
  return (
    <select
      class="select select-sm"
      aria-label={label}
      value={value}
      onChange={(event) => setFilter(name, event.currentTarget.value)}
    >
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  )
}
