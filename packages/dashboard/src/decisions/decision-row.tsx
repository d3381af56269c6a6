import type { DecisionRecord } from '../api/views'
import { clockTime } from '../format/instant'
import { count, duration, usd } from '../format/quantity'
import { agentNames, modelNames } from '../live/catalog'
import { Figure } from '../ui/quantity'
import { RowsHead, type HeadColumn } from '../ui/rows-head'
import { OutcomeBadge } from './outcome'

export const DECISION_ROW_HEIGHT = 42
export const DECISION_ROW_HEIGHT_NARROW = 74

const COLUMNS: readonly HeadColumn[] = [
  { text: 'Arrived', tip: 'When the whole request had come.' },
  { text: 'Agent', tip: 'Who asked, by its header x-agent-id or its key.' },
  { text: 'Task', tip: 'What was asked for: the kind of work, or the name the client gave as model.' },
  { text: 'Model', tip: 'Whose answer went out, else the last that was tried.' },
  { text: 'Outcome', tip: 'How the request ended.' },
  { text: 'Score', tip: 'What the pairing was worth before load, 0 to 100 points.', isNumber: true },
  { text: 'Wait', tip: 'Time in the queue before it had a slot.', isNumber: true },
  {
    text: 'First byte',
    tip: 'From its dispatch to the model to the first byte of the answer.',
    isNumber: true,
  },
  { text: 'In all', tip: 'From arrival to the end of the answer.', isNumber: true },
  {
    text: 'Tokens',
    tip: 'Input and output together, as the model counted them, else estimated.',
    isNumber: true,
  },
  { text: 'Cost', tip: 'US dollars at the price of the model, all attempts together.', isNumber: true },
]

export function DecisionHead() {
  return <RowsHead grid="decision-grid" columns={COLUMNS} />
}

interface DecisionRowProps {
  readonly record: DecisionRecord
  readonly index: number
  readonly isNarrow: boolean
  readonly onOpen: (record: DecisionRecord) => void
}

export function DecisionRow({ record, index, isNarrow, onOpen }: DecisionRowProps) {
  const { at_ms, agent_id, task, asked_model, outcome } = record
  // Its click is that of the row; it is there for the keyboard.
  const openIt = (
    <button type="button" class="row-opener" aria-label={`Why: request of ${clockTime(at_ms)}`}>
      {clockTime(at_ms)}
    </button>
  )
  const agent =
    agent_id === null ? <span class="muted">none</span> : (agentNames.value.get(agent_id) ?? agent_id)
  if (isNarrow) {
    return (
      <div class="row decision-card" role="row" aria-rowindex={index + 2} onClick={() => onOpen(record)}>
        <div role="cell" class="toolbar">
          {openIt}
          <span class="spread">
            <OutcomeBadge outcome={outcome} />
          </span>
        </div>
        <div role="cell" class="toolbar">
          <span class="ellipsis">
            {agent} → <ModelName record={record} />
          </span>
          <span class="spread">
            <Figure of={duration(record.total_ms)} />
          </span>
        </div>
      </div>
    )
  }
  const asked = task ?? asked_model
  return (
    <div
      class="row decision-grid clickable"
      role="row"
      aria-rowindex={index + 2}
      onClick={() => onOpen(record)}
    >
      <div role="cell">{openIt}</div>
      <div role="cell" class="ellipsis">
        {agent}
      </div>
      <div role="cell" class="ellipsis">
        {asked ?? <span class="muted">unread</span>}
      </div>
      <div role="cell" class="ellipsis is-strong">
        <ModelName record={record} />
      </div>
      <div role="cell">
        <OutcomeBadge outcome={outcome} />
      </div>
      <Numbers record={record} />
    </div>
  )
}

function ModelName({ record: { model_id } }: { readonly record: DecisionRecord }) {
  return model_id === null ? (
    <span class="muted">none</span>
  ) : (
    <>{modelNames.value.get(model_id) ?? model_id}</>
  )
}

function Numbers({ record }: { readonly record: DecisionRecord }) {
  const { score, queue_ms, first_byte_ms, total_ms, input_tokens, output_tokens, cost_usd } = record
  const tokens =
    input_tokens === null && output_tokens === null ? null : (input_tokens ?? 0) + (output_tokens ?? 0)
  const quantities = [
    count(score),
    duration(queue_ms),
    duration(first_byte_ms),
    duration(total_ms),
    count(tokens),
    usd(cost_usd),
  ]
  return (
    <>
      {quantities.map((quantity, i) => (
        <div role="cell" class="number" key={i}>
          <Figure of={quantity} />
        </div>
      ))}
    </>
  )
}
