import { ArrowRight } from 'lucide'
import type { AssignmentRun, AssignmentView } from '../api/views'
import { count, duration, percent, plain } from '../format/quantity'
import { counted } from '../format/words'
import { modelNames } from '../live/catalog'
import { Icon } from '../ui/icon'
import { LoadBar } from '../ui/load-bar'
import { Term } from '../ui/quantity'
import { Failed, Skeleton } from '../ui/states'
import { certificateOf, movesOf, runPreview, totalOf, type Move, type Preview, type Wish } from './plan'

interface PreviewResultProps {
  readonly today: readonly AssignmentView[]
  readonly preview: Preview
  readonly onApply: (wish: Wish, moves: number) => void
}

export function PreviewResult({ today, preview, onApply }: PreviewResultProps) {
  switch (preview.kind) {
    case 'none':
      return (
        <p class="hint">
          Preview tells what a strategy would do at the loads of this moment: the score against today, who
          moves, how busy each model would be, and the proof.
        </p>
      )
    case 'running':
      return <Skeleton lines={4} />
    case 'failed':
      return <Failed error={preview.error} onRetry={() => void runPreview()} />
    case 'ready': {
      const moves = movesOf(today, preview.run)
      return (
        <div class="preview">
          <Totals run={preview.run} today={totalOf(today)} moves={moves.length} />
          <div class="preview-columns">
            <Moves moves={moves} />
            <After run={preview.run} />
          </div>
          <Prices run={preview.run} />
          <div class="dialog-actions">
            <button
              type="button"
              class="btn btn-sm btn-primary"
              disabled={moves.length === 0}
              onClick={() => onApply(preview.wish, moves.length)}
            >
              {moves.length === 0 ? 'Nothing to change' : 'Apply…'}
            </button>
          </div>
        </div>
      )
    }
  }
}

interface TotalsProps {
  readonly run: AssignmentRun
  readonly today: number
  readonly moves: number
}

function Totals({ run, today, moves }: TotalsProps) {
  const gain = run.total_score - today
  const tone = gain > 0.05 ? 'text-good' : gain < -0.05 ? 'text-bad' : 'muted'
  return (
    <div class="totals">
      <div>
        <Term tip="Sum of match score times load factor over all assignments, in points.">Total score</Term>
        <div class="tile-value">{run.total_score.toFixed(1)}</div>
        <div class={tone}>
          {gain >= 0 ? '+' : '−'}
          {Math.abs(gain).toFixed(1)} against today’s {today.toFixed(1)}
        </div>
      </div>
      <div>
        <Term tip="Mean match score of the assignments, 0 to 100 points.">Average match</Term>
        <div class="tile-value">{run.avg_match_score.toFixed(1)}</div>
        <div class="muted">of 100 points</div>
      </div>
      <div>
        <Term tip="Agents that would have another model than today.">Moves</Term>
        <div class="tile-value">{plain(count(moves))}</div>
        <div class="muted">of {counted(run.assignments.length, 'assigned agent')}</div>
      </div>
      <div>
        <Term tip="Mean utilization of the models once each agent has one request running.">
          Utilization after
        </Term>
        <div class="tile-value">{plain(percent(run.avg_utilization))}</div>
        <div class="muted">mean of {counted(run.models.length, 'model')}</div>
      </div>
      <p class="certificate">
        {certificateOf(run)} Solved in {plain(duration(run.computation_time_ms))}.
      </p>
    </div>
  )
}

const MOST_MOVES = 50

function Moves({ moves }: { readonly moves: readonly Move[] }) {
  return (
    <section aria-label="What moves">
      <h3>What moves</h3>
      {moves.length === 0 ? (
        <p class="hint">Nothing: it is what stands today.</p>
      ) : (
        <ul class="moves" tabIndex={0}>
          {moves.slice(0, MOST_MOVES).map(({ agentId, agentName, from, to, gain }) => (
            <li key={agentId}>
              <span class="ellipsis is-strong">{agentName}</span>
              <span class="ellipsis muted">{nameOf(from)}</span>
              <Icon of={ArrowRight} size={14} />
              <span class="ellipsis">{nameOf(to)}</span>
              <span
                class={`number ${gain >= 0 ? 'text-good' : 'text-bad'}`}
                data-tip="Points of score gained."
              >
                {gain >= 0 ? '+' : '−'}
                {Math.abs(gain).toFixed(1)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {moves.length > MOST_MOVES ? <p class="hint">And {moves.length - MOST_MOVES} more.</p> : null}
    </section>
  )
}

const MOST_MODELS = 50

function After({ run: { models, unassigned } }: { readonly run: AssignmentRun }) {
  const busiest = [...models]
    .sort((a, b) => (b.utilization ?? 0) - (a.utilization ?? 0))
    .slice(0, MOST_MODELS)
  return (
    <section aria-label="Utilization after">
      <h3>Utilization after</h3>
      <ul class="after" tabIndex={0}>
        {busiest.map(
          ({
            model_id,
            model_name,
            max_concurrent,
            active_requests,
            seats_taken,
            utilization,
            is_filtered,
          }) => (
            <li key={model_id}>
              <span class="ellipsis">{model_name}</span>
              <LoadBar
                inFlight={active_requests + seats_taken}
                target={max_concurrent}
                limit={max_concurrent}
                label={`Load of ${model_name} after`}
              />
              <span
                class="number"
                data-tip={`${counted(seats_taken, 'slot')} for its agents, ${active_requests} in use now`}
              >
                {is_filtered ? 'full now' : plain(percent(utilization))}
              </span>
            </li>
          ),
        )}
      </ul>
      {unassigned.length === 0 ? null : (
        <p class="hint">
          {counted(unassigned.length, 'agent')} without a model. {unassigned[0]?.message}
        </p>
      )}
    </section>
  )
}

const MOST_PRICES = 5

/** What one more slot would be worth, in words. */
function Prices({ run: { models } }: { readonly run: AssignmentRun }) {
  const priced = models
    .filter(({ seat_price }) => seat_price !== null && seat_price > 0)
    .sort((a, b) => (b.seat_price ?? 0) - (a.seat_price ?? 0))
  const known = models.some(({ seat_price }) => seat_price !== null)
  if (!known) return null
  return (
    <section aria-label="Shadow prices">
      <h3>What one more slot would be worth</h3>
      {priced.length === 0 ? (
        <p class="hint">Nothing anywhere: no agent is kept from a better model for want of a slot.</p>
      ) : (
        <ul class="prices">
          {priced.slice(0, MOST_PRICES).map(({ model_id, seat_price }) => (
            <li key={model_id}>
              One more on <strong>{nameOf(model_id)}</strong> would add{' '}
              <strong>{seat_price?.toFixed(1)} points</strong> to the total.
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function nameOf(modelId: string | null): string {
  return modelId === null ? 'none' : (modelNames.value.get(modelId) ?? modelId)
}
