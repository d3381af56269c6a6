import type { AgentStatus, AgentType, AgentView } from '../api/views'
import { title } from '../format/words'
import { SelectField, TextField } from '../ui/field'
import type { Submission } from '../ui/submission'
import { CAPABILITIES } from './vocabulary'

/** An agent as it is typed. */
interface AgentDraft {
  readonly id: string
  readonly name: string
  readonly type: AgentType
  readonly status: AgentStatus
  readonly min_context_length: string
  readonly capabilities: readonly string[]
  readonly preferred_capabilities: readonly string[]
}

export const NEW_AGENT: AgentDraft = {
  id: '',
  name: '',
  type: 'inference',
  status: 'online',
  min_context_length: '',
  capabilities: [],
  preferred_capabilities: [],
}

/** As the API names them. */
export const AGENT_FIELDS = ['id', 'name', 'type', 'status', 'min_context_length'] as const

const TYPES = [
  ['inference', 'Inference'],
  ['tool', 'Tool'],
  ['orchestrator', 'Orchestrator'],
] as const
const STATUSES = [
  ['online', 'Online'],
  ['offline', 'Offline'],
  ['maintenance', 'Maintenance'],
] as const

export function agentDraftOf(agent: AgentView): AgentDraft {
  return {
    ...agent,
    min_context_length: agent.min_context_length === null ? '' : String(agent.min_context_length),
  }
}

/** What is sent for it; `null` removes. */
export function agentChangesOf(draft: AgentDraft) {
  return {
    ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
    type: draft.type,
    status: draft.status,
    capabilities: draft.capabilities,
    preferred_capabilities: draft.preferred_capabilities,
    min_context_length: draft.min_context_length === '' ? null : Number(draft.min_context_length),
  }
}

interface AgentFieldsProps {
  readonly draft: AgentDraft
  readonly onChange: (draft: AgentDraft) => void
  readonly submission: Submission
  readonly isDisabled: boolean
}

export function AgentFields({ draft, onChange, submission, isDisabled }: AgentFieldsProps) {
  return (
    <>
      <div class="form-grid">
        <TextField
          label="Name"
          hint="For people."
          value={draft.name}
          error={submission.errorOf('name')}
          isDisabled={isDisabled}
          onInput={(name) => onChange({ ...draft, name })}
        />
        <SelectField
          label="Status"
          hint="Only agents that are online are assigned."
          options={STATUSES}
          value={draft.status}
          error={submission.errorOf('status')}
          isDisabled={isDisabled}
          onChange={(status) => onChange({ ...draft, status })}
        />
        <SelectField
          label="Type"
          hint="Informative."
          options={TYPES}
          value={draft.type}
          error={submission.errorOf('type')}
          isDisabled={isDisabled}
          onChange={(type) => onChange({ ...draft, type })}
        />
        <TextField
          label="Least context"
          type="number"
          min={1}
          hint="Tokens its model should be able to read; any where it is left out."
          value={draft.min_context_length}
          error={submission.errorOf('min_context_length')}
          isDisabled={isDisabled}
          onInput={(min_context_length) => onChange({ ...draft, min_context_length })}
        />
      </div>
      <DemandField draft={draft} onChange={onChange} isDisabled={isDisabled} />
    </>
  )
}

const DEMANDS = [
  { value: 'needed', text: 'needs' },
  { value: 'preferred', text: 'prefers' },
  { value: 'none', text: '–' },
] as const
type Demand = (typeof DEMANDS)[number]['value']

function DemandField({ draft, onChange, isDisabled }: Omit<AgentFieldsProps, 'submission'>) {
  const { capabilities, preferred_capabilities: preferred } = draft
  const known = [...new Set([...CAPABILITIES, ...capabilities, ...preferred])]
  const change = (name: string, demand: Demand) => {
    const without = (names: readonly string[]) => names.filter((one) => one !== name)
    onChange({
      ...draft,
      capabilities: demand === 'needed' ? [...without(capabilities), name] : without(capabilities),
      preferred_capabilities: demand === 'preferred' ? [...without(preferred), name] : without(preferred),
    })
  }
  return (
    <fieldset class="demands" disabled={isDisabled}>
      <legend>What its model should be able to do</legend>
      {known.map((name) => {
        const demand: Demand = capabilities.includes(name)
          ? 'needed'
          : preferred.includes(name)
            ? 'preferred'
            : 'none'
        return (
          <label class="demand" key={name}>
            <span>{title(name)}</span>
            <select
              class="select select-sm"
              value={demand}
              onChange={(event) => change(name, event.currentTarget.value as Demand)}
            >
              {DEMANDS.map(({ value, text }) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
        )
      })}
    </fieldset>
  )
}
