import { count, duration, percent, perSecond } from '../format/quantity'
import type { LiveModel } from '../live/events'
import { modelNames } from '../live/catalog'
import { modelState, tick, type ModelState } from '../live/fleet'
import { Badge } from '../ui/badge'
import { LoadBar } from '../ui/load-bar'
import { Figure } from '../ui/quantity'
import { Sparkline } from '../ui/sparkline'

export const ROW_HEIGHT = 48
export const ROW_HEIGHT_NARROW = 112

interface ModelRowProps {
  readonly id: string
  readonly index: number
  readonly isNarrow: boolean
}

export function ModelRow({ id, index, isNarrow }: ModelRowProps) {
  const state = modelState(id)
  if (state === undefined) return null
  const model = state.now.value
  const cells = isNarrow ? <NarrowCells model={model} /> : <WideCells model={model} state={state} />
  return (
    <div
      class={isNarrow ? 'row model-card' : 'row model-grid'}
      role="row"
      aria-rowindex={index + 2}
      data-model={id}
    >
      {cells}
    </div>
  )
}

function WideCells({ model, state }: { readonly model: LiveModel; readonly state: ModelState }) {
  return (
    <>
      <div role="cell" class="model-name">
        <ModelLink id={model.id} />
        <StateBadge model={model} />
      </div>
      <div role="cell">
        <Load model={model} />
      </div>
      <div role="cell" class={model.queued > 0 ? 'number is-strong' : 'number'}>
        <Figure of={count(model.queued)} />
      </div>
      <div role="cell" class="number">
        <Figure of={perSecond(model.requests_per_second)} />
      </div>
      <div role="cell" class="number">
        <Figure of={perSecond(model.tokens_per_second)} />
      </div>
      <div role="cell" class="number">
        <Figure of={duration(model.p50_ms)} />
      </div>
      <div role="cell" class="number">
        <Figure of={duration(model.p95_ms)} />
      </div>
      <div role="cell" class="number">
        <Figure of={duration(model.p99_ms)} />
      </div>
      <div role="cell" class="number">
        <Success model={model} />
      </div>
      <div role="cell">
        <Trend state={state} />
      </div>
    </>
  )
}

function NarrowCells({ model }: { readonly model: LiveModel }) {
  const figures = [
    ['Queue', count(model.queued)],
    ['Requests', perSecond(model.requests_per_second)],
    ['P95', duration(model.p95_ms)],
    ['Success', percent(model.success_rate)],
  ] as const
  return (
    <>
      <div role="cell" class="model-name">
        <ModelLink id={model.id} />
        <StateBadge model={model} />
      </div>
      <div role="cell">
        <Load model={model} />
      </div>
      <div role="cell" class="figures">
        {figures.map(([label, quantity]) => (
          <span key={label}>
            <small>{label}</small>
            <Figure of={quantity} />
          </span>
        ))}
      </div>
    </>
  )
}

function ModelLink({ id }: { readonly id: string }) {
  return (
    <a href={`/catalog?model=${encodeURIComponent(id)}`} data-page>
      {modelNames.value.get(id) ?? id}
    </a>
  )
}

/** Bar and number of what it serves. */
export function Load({ model }: { readonly model: LiveModel }) {
  const { id, in_flight, target_slots, max_concurrent } = model
  return (
    <div
      class="load"
      data-tip={`${in_flight} in flight; target ${target_slots}, limit ${max_concurrent} requests at once`}
    >
      <LoadBar inFlight={in_flight} target={target_slots} limit={max_concurrent} label={`Load of ${id}`} />
      <span class="load-text">
        {in_flight}
        <span class="unit"> / {max_concurrent}</span>
      </span>
    </div>
  )
}

function Success({ model: { success_rate } }: { readonly model: LiveModel }) {
  const tone =
    success_rate === null || success_rate >= 0.98 ? '' : success_rate >= 0.9 ? 'text-warning' : 'text-bad'
  return (
    <span class={tone}>
      <Figure of={percent(success_rate)} />
    </span>
  )
}

function Trend({ state }: { readonly state: ModelState }) {
  void tick.value
  return <Sparkline values={state.utilization.values()} top={1} />
}

/** Where a model is not simply there, in the word that matters most. */
export function StateBadge({ model }: { readonly model: LiveModel }) {
  const { is_enabled, is_draining, breaker, in_flight } = model
  if (is_draining) {
    return (
      <Badge tone="accent" tip="It gets no new requests; those it serves go on to their end.">
        draining, {in_flight} left
      </Badge>
    )
  }
  if (!is_enabled) {
    return (
      <Badge tone="quiet" tip="It is given nothing until it is put back.">
        out of service
      </Badge>
    )
  }
  if (breaker === 'open') {
    return (
      <Badge tone="bad" tip="It failed too often and is given nothing for a while.">
        breaker open
      </Badge>
    )
  }
  if (breaker === 'half_open') {
    return (
      <Badge tone="warning" tip="A few requests try out whether it works again.">
        trying out
      </Badge>
    )
  }
  return null
}
