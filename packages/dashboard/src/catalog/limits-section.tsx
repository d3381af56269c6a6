import { useEffect, useState } from 'preact/hooks'
import { get, patch, segment } from '../api/request'
import type { ModelView } from '../api/views'
import { duration, plain } from '../format/quantity'
import { counted } from '../format/words'
import { models } from '../live/catalog'
import { modelState } from '../live/fleet'
import { TextField } from '../ui/field'
import { LoadBar } from '../ui/load-bar'
import { FormEnd } from '../ui/form-end'
import { say, sayFailed } from '../ui/notices'
import { useSubmission, type Submission } from '../ui/submission'

interface Limits {
  readonly max_concurrent: string
  readonly max_queue: string
  /** Percent. */
  readonly target: string
}

/** Limits, and what a change of them does, before it is made. */
export function LimitsSection({ model }: { readonly model: ModelView }) {
  const [limits, setLimits] = useState(limitsOf(model))
  const submission = useSubmission(['max_concurrent', 'max_queue', 'target_utilization'])
  useEffect(
    () => setLimits(limitsOf(model)),
    [model.max_concurrent, model.max_queue, model.target_utilization],
  )
  const isChanged = JSON.stringify(limits) !== JSON.stringify(limitsOf(model))
  const apply = () =>
    submission.run(async () => {
      await patch(`/models/${segment(model.id)}`, {
        max_concurrent: Number(limits.max_concurrent),
        max_queue: Number(limits.max_queue),
        target_utilization: Number(limits.target) / 100,
      })
      await models.load()
      say(`The limits of “${model.name}” are in force.`)
    })
  return (
    <section aria-label="Limits">
      <h3>Limits</h3>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void apply()
        }}
      >
        <LimitFields limits={limits} onChange={setLimits} submission={submission} />
        <Effect id={model.id} limits={limits} isChanged={isChanged} />
        <FormEnd
          submission={submission}
          action="Apply"
          cancel="As before"
          onCancel={() => setLimits(limitsOf(model))}
          isShown={isChanged}
        />
      </form>
      <Override model={model} />
      <Advice id={model.id} />
    </section>
  )
}

interface LimitFieldsProps {
  readonly limits: Limits
  readonly onChange: (limits: Limits) => void
  readonly submission: Submission
}

function LimitFields({ limits, onChange, submission }: LimitFieldsProps) {
  return (
    <div class="form-grid is-three">
      <TextField
        label="At once"
        type="number"
        min={0}
        isRequired
        value={limits.max_concurrent}
        error={submission.errorOf('max_concurrent')}
        hint="Requests it may hold."
        onInput={(max_concurrent) => onChange({ ...limits, max_concurrent })}
      />
      <TextField
        label="Target, %"
        type="number"
        min={1}
        max={100}
        isRequired
        value={limits.target}
        error={submission.errorOf('target_utilization')}
        hint="Of the limit; kept below where it can be."
        onInput={(target) => onChange({ ...limits, target })}
      />
      <TextField
        label="In the queue"
        type="number"
        min={0}
        isRequired
        value={limits.max_queue}
        error={submission.errorOf('max_queue')}
        hint="Requests that may wait."
        onInput={(max_queue) => onChange({ ...limits, max_queue })}
      />
    </div>
  )
}

interface EffectProps {
  readonly id: string
  readonly limits: Limits
  readonly isChanged: boolean
}

function Effect({ id, limits, isChanged }: EffectProps) {
  const live = modelState(id)?.now.value
  if (live === undefined) return null
  const limit = Number(limits.max_concurrent)
  const target = Math.min(limit, Math.max(1, Math.floor((Number(limits.target) / 100) * limit + 1e-9)))
  const tooMany = live.in_flight - limit
  const text =
    limit === 0
      ? 'With a limit of 0 it is sent nothing.'
      : tooMany > 0
        ? `It serves ${live.in_flight}: nothing new is started there until ${counted(tooMany + 1, 'request')} have ended.`
        : `${counted(Math.max(0, target - live.in_flight), 'slot')} free up to the target, ${limit - live.in_flight} up to the limit.`
  return (
    <div class="effect">
      <LoadBar inFlight={live.in_flight} target={target} limit={limit} label="Load with these limits" />
      <p class="hint">
        {isChanged ? 'With these limits: ' : ''}
        {text}
      </p>
    </div>
  )
}

/** Limits that were laid over the definition, and the way back. */
function Override({ model }: { readonly model: ModelView }) {
  const { id, name, override } = model
  if (override === null) return null
  const giveBack = async () => {
    try {
      await patch(`/models/${segment(id)}`, {
        max_concurrent: null,
        max_queue: null,
        target_utilization: null,
      })
      await models.load()
      say(`“${name}” has the limits of its definition again.`)
    } catch (error) {
      sayFailed(error)
    }
  }
  return (
    <p class="hint">
      These limits were set here and lie over those of its definition.{' '}
      <button type="button" class="link" onClick={() => void giveBack()}>
        Back to the definition
      </button>
    </p>
  )
}

interface AdviceView {
  readonly advised_max_concurrent: number
  readonly max_concurrent: number
  readonly expected_wait_ms: number | null
  readonly advised_wait_ms: number | null
}

/** What the server would choose, from what it measured. */
function Advice({ id }: { readonly id: string }) {
  const [advice, setAdvice] = useState<AdviceView | null>(null)
  useEffect(() => {
    get<{ advice: readonly AdviceView[] }>('/capacity/advice', { model_id: id }).then(
      (answer) => setAdvice(answer.advice[0] ?? null),
      // Advice is an extra: without it the section is whole.
      () => setAdvice(null),
    )
  }, [])
  if (advice === null) return null
  const { advised_max_concurrent: advised, max_concurrent, expected_wait_ms, advised_wait_ms } = advice
  const now = expected_wait_ms === null ? 'a queue that grows without end' : plain(duration(expected_wait_ms))
  return (
    <p class="hint">
      Advice from the last minutes:{' '}
      {advised === max_concurrent
        ? `${advised} is right; a request is expected to wait ${now}.`
        : `${advised} at once, for an expected wait of ${plain(duration(advised_wait_ms))} instead of ${now}.`}
    </p>
  )
}

function limitsOf({ max_concurrent, max_queue, target_utilization }: ModelView): Limits {
  return {
    max_concurrent: String(max_concurrent),
    max_queue: String(max_queue),
    target: String(Math.round(target_utilization * 1000) / 10),
  }
}
