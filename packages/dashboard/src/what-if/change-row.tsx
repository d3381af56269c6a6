import { X } from 'lucide'
import { EntrySelect } from '../ui/entry-select'
import { Icon } from '../ui/icon'
import { dropChange, editChange, type KnownModel, type ModelChange } from './question'

const KINDS = [
  ['limits', 'Other limits'],
  ['add', 'One more like it'],
  ['remove', 'Without it'],
] as const

interface ChangeRowProps {
  readonly change: ModelChange
  readonly known: readonly KnownModel[]
}

/** One model as it would be. */
export function ChangeRow({ change, known }: ChangeRowProps) {
  const { key, model, kind, maxConcurrent, target } = change
  const today = known.find(({ id }) => id === model)
  return (
    <li class="change">
      <EntrySelect
        label="Model"
        entries={known.map(({ id }) => ({ id, name: id }))}
        value={model}
        onChoose={(id) => editChange(key, { model: id })}
      />
      <select
        class="select select-sm"
        aria-label="Change"
        value={kind}
        onChange={(event) => editChange(key, { kind: event.currentTarget.value as ModelChange['kind'] })}
      >
        {KINDS.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <button
        type="button"
        class="btn btn-ghost btn-sm btn-square"
        aria-label={`No change of ${model}`}
        onClick={() => dropChange(key)}
      >
        <Icon of={X} size={16} />
      </button>
      {kind === 'remove' ? null : (
        <>
          <label>
            <span>At once</span>
            <input
              class="input input-sm"
              type="number"
              min={0}
              placeholder={today === undefined ? '' : String(today.max_concurrent)}
              value={maxConcurrent}
              onInput={(event) => editChange(key, { maxConcurrent: event.currentTarget.value })}
            />
          </label>
          <label>
            <span>Target, %</span>
            <input
              class="input input-sm"
              type="number"
              min={1}
              max={100}
              placeholder={today === undefined ? '' : String(Math.round(today.target_utilization * 100))}
              value={target}
              onInput={(event) => editChange(key, { target: event.currentTarget.value })}
            />
          </label>
        </>
      )}
    </li>
  )
}
