import { useState } from 'preact/hooks'
import { post, put, remove, segment } from '../api/request'
import type { AssignmentView } from '../api/views'
import { assignments, modelNames } from '../live/catalog'
import { Dialog } from '../ui/dialog'
import { say } from '../ui/notices'
import { Term } from '../ui/quantity'
import { useSubmission } from '../ui/submission'
import type { Cell } from './matrix'

interface PairDialogProps {
  readonly cell: Cell
  /** That of the agent, as it stands. */
  readonly assignment: AssignmentView | undefined
  readonly onClose: () => void
}

/** One agent with one model: what the pair is worth, and what can be done about it. */
export function PairDialog({ cell: { agent, model, pair }, assignment, onClose }: PairDialogProps) {
  const [notes, setNotes] = useState(assignment?.notes ?? '')
  const submission = useSubmission([])
  const isHere = assignment?.model_id === model.id
  const isPinned = assignment?.method === 'manual'
  const done = (text: string, send: () => Promise<unknown>) =>
    submission.run(async () => {
      await send()
      await assignments.load()
      say(text)
      onClose()
    })
  const note = notes.trim() === '' ? null : notes.trim()
  const pin = () =>
    done(`${agent.name} is assigned to ${model.name} by hand.`, () => {
      if (assignment === undefined)
        return post('/assignments', { agent_id: agent.id, model_id: model.id, notes: note })
      const change = isHere ? { pinned: true } : { model_id: model.id }
      return put(`/assignments/${segment(assignment.id)}`, { ...change, notes: note })
    })
  const free = () =>
    done(`${agent.name} is free for the next automatic run.`, () =>
      remove(`/assignments/${segment(assignment?.id ?? '')}`),
    )
  return (
    <Dialog title={`${agent.name} with ${model.name}`} onClose={onClose}>
      <PairFacts pair={pair} assignment={assignment} />
      <label class="field">
        <span>Note</span>
        <input
          class="input"
          type="text"
          maxLength={2000}
          placeholder="Why, in your own words"
          value={notes}
          onInput={(event) => setNotes(event.currentTarget.value)}
        />
        <span class="hint">An assignment by hand survives automatic runs until it is freed.</span>
      </label>
      {submission.error === null ? null : (
        <p class="failure" role="alert">
          {submission.error}
        </p>
      )}
      <div class="dialog-actions">
        {isPinned ? (
          <button type="button" class="btn" disabled={submission.isBusy} onClick={() => void free()}>
            Free {agent.name}
          </button>
        ) : null}
        <button
          type="button"
          class="btn btn-primary"
          disabled={submission.isBusy || (isHere && isPinned)}
          onClick={() => void pin()}
        >
          {isHere ? 'Keep by hand' : 'Assign by hand'}
        </button>
      </div>
    </Dialog>
  )
}

function todayOf(assignment: AssignmentView | undefined): string {
  if (assignment === undefined) return 'no model'
  const name = modelNames.value.get(assignment.model_id) ?? assignment.model_id
  return `${name}, ${assignment.method === 'manual' ? 'by hand' : assignment.method}`
}

interface PairFactsProps {
  readonly pair: Cell['pair']
  readonly assignment: AssignmentView | undefined
}

function PairFacts({ pair, assignment }: PairFactsProps) {
  return (
    <dl class="facts">
      <div>
        <dt>
          <Term tip="What the pair is worth before load, 0 to 100 points.">Match score</Term>
        </dt>
        <dd>{pair === undefined ? 'on its way' : `${pair.score.toFixed(1)} points`}</dd>
      </div>
      <div>
        <dt>
          <Term tip="Capabilities the agent needs and the model lacks.">Missing</Term>
        </dt>
        <dd>{pair?.missing.join(', ') || 'nothing'}</dd>
      </div>
      {pair === undefined || pair.filteredBecause === null ? null : (
        <div>
          <dt>
            <Term tip="Why no automatic run makes this pair.">Left out</Term>
          </dt>
          <dd>{pair.filteredBecause}</dd>
        </div>
      )}
      <div>
        <dt>
          <Term tip="The model the agent has today.">Today</Term>
        </dt>
        <dd>{todayOf(assignment)}</dd>
      </div>
    </dl>
  )
}
