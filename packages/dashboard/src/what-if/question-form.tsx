import { Play, Plus } from 'lucide'
import type { ScenarioView } from '../api/views'
import { words } from '../format/words'
import { models } from '../live/catalog'
import { serverNowMs } from '../live/fleet'
import { valueOf } from '../live/loadable'
import { Choice } from '../ui/choice'
import { SelectField, TextField } from '../ui/field'
import { Icon } from '../ui/icon'
import { Panel } from '../ui/panel'
import { useSubmission } from '../ui/submission'
import { ChangeRow } from './change-row'
import { addChange, ask, bodyOf, question, WINDOWS, type KnownModel } from './question'
import { run, scenarios, start } from './run'

const SOURCES = [
  { value: 'recorded', text: 'Recorded requests', tip: 'What came to this server comes again when it came.' },
  { value: 'scenario', text: 'Scenario', tip: 'A world that comes with the program.' },
] as const

const POLICIES = [
  ['', 'As it is'],
  ...['bid', 'weighted_load', 'least_utilization', 'power_of_two', 'round_robin', 'random'].map(
    (name) => [name, words(name)] as const,
  ),
] as const

export function QuestionForm() {
  const asked = question.value
  const submission = useSubmission(['load'])
  const scenario = valueOf(scenarios.state.value)?.find(({ name }) => name === asked.scenario)
  const known: readonly KnownModel[] =
    asked.source === 'recorded' ? (valueOf(models.state.value) ?? []) : (scenario?.models ?? [])
  const send = () => start(bodyOf(asked, scenario?.takes_load === true, serverNowMs.peek() || Date.now()))
  const isGoing = run.value.kind === 'going'
  return (
    <Panel title="Question" subtitle="The router that ships runs both sides; live traffic is not touched">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void submission.run(send)
        }}
      >
        <Traffic scenario={scenario} loadError={submission.errorOf('load')} />
        <SelectField
          label="Policy afterwards"
          options={POLICIES}
          value={asked.policy}
          hint="How models are chosen."
          onChange={(policy) => ask({ policy })}
        />
        <Changes known={known} />
        {submission.error === null ? null : (
          <p class="failure" role="alert">
            {submission.error}
          </p>
        )}
        <button type="submit" class="btn btn-primary" disabled={isGoing || submission.isBusy}>
          <Icon of={Play} size={16} /> Run
        </button>
      </form>
    </Panel>
  )
}

interface TrafficProps {
  readonly scenario: ScenarioView | undefined
  readonly loadError: string | undefined
}

function Traffic({ scenario, loadError }: TrafficProps) {
  const { source, windowMs, scenario: name, load } = question.value
  const names = valueOf(scenarios.state.value) ?? []
  return (
    <>
      <Choice
        label="Traffic"
        options={SOURCES}
        value={source}
        onChoose={(chosen) => ask({ source: chosen, changes: [] })}
      />
      {source === 'recorded' ? (
        <div class="field">
          <span>Window, up to now</span>
          <Choice
            label="Window"
            options={WINDOWS}
            value={windowMs}
            onChoose={(chosen) => ask({ windowMs: chosen })}
          />
        </div>
      ) : (
        <div class="form-grid">
          <SelectField
            label="Scenario"
            options={names.map(({ name: one }) => [one, words(one)] as const)}
            value={name}
            hint={scenario?.title}
            onChange={(chosen) => ask({ scenario: chosen, changes: [] })}
          />
          {scenario?.takes_load === true ? (
            <TextField
              label="Load, %"
              type="number"
              min={1}
              max={300}
              value={String(load)}
              error={loadError}
              hint="Of what its models can serve."
              onInput={(text) => ask({ load: Number(text) })}
            />
          ) : null}
        </div>
      )}
    </>
  )
}

function Changes({ known }: { readonly known: readonly KnownModel[] }) {
  const { changes } = question.value
  const [first] = known
  return (
    <div class="field">
      <span>Models afterwards</span>
      {changes.length === 0 ? (
        <p class="hint">As they are. Change a limit, take one away, or add one like it.</p>
      ) : null}
      <ul class="stack">
        {changes.map((change) => (
          <ChangeRow key={change.key} change={change} known={known} />
        ))}
      </ul>
      <button
        type="button"
        class="btn btn-sm"
        disabled={first === undefined}
        onClick={() => {
          if (first !== undefined) addChange(first.id)
        }}
      >
        <Icon of={Plus} size={16} /> Change a model
      </button>
    </div>
  )
}
