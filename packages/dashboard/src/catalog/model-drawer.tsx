import { useState } from 'preact/hooks'
import { put, segment } from '../api/request'
import type { ModelView } from '../api/views'
import { count, duration, percent, perSecond, plain } from '../format/quantity'
import { models } from '../live/catalog'
import { modelState } from '../live/fleet'
import { StateBadge } from '../overview/model-row'
import { Badge } from '../ui/badge'
import { Dialog } from '../ui/dialog'
import { FormEnd } from '../ui/form-end'
import { say } from '../ui/notices'
import { Term } from '../ui/quantity'
import { WhenReady } from '../ui/states'
import { useSubmission } from '../ui/submission'
import { LimitsSection } from './limits-section'
import { ModelActions } from './model-actions'
import { descriptionOf, draftOf } from './model-draft'
import { MODEL_FIELDS, ModelFields } from './model-form'
import { QualitySection } from './quality-section'

interface ModelDrawerProps {
  readonly id: string
  readonly onClose: () => void
}

export function ModelDrawer({ id, onClose }: ModelDrawerProps) {
  return (
    <WhenReady of={models.state.value} onRetry={() => void models.load()}>
      {(all) => {
        const model = all.find((one) => one.id === id)
        return (
          <Dialog title={model?.name ?? id} onClose={onClose} isDrawer>
            {model === undefined ? (
              <p>There is no model “{id}” any more.</p>
            ) : (
              <Content model={model} onGone={onClose} />
            )}
          </Dialog>
        )
      }}
    </WhenReady>
  )
}

function Content({ model, onGone }: { readonly model: ModelView; readonly onGone: () => void }) {
  return (
    <>
      <Standing model={model} />
      <ModelActions model={model} onGone={onGone} />
      <LimitsSection model={model} />
      <QualitySection id={model.id} />
      <DescriptionSection model={model} />
    </>
  )
}

function Standing({ model }: { readonly model: ModelView }) {
  const live = modelState(model.id)?.now.value
  const figures =
    live === undefined
      ? []
      : ([
          ['In flight', `${live.in_flight} / ${live.max_concurrent}`, 'Requests it serves, of its limit.'],
          ['Queued', plain(count(live.queued)), 'Requests that wait for it.'],
          [
            'Usable slots',
            plain(count(live.usable_slots)),
            'What breaker, slow start and discovered limit leave.',
          ],
          ['Requests', plain(perSecond(live.requests_per_second)), 'Requests that ended there.'],
          ['P95', plain(duration(live.p95_ms)), '95 of 100 of its answers took no longer.'],
          ['Success', plain(percent(live.success_rate)), 'Share of its calls that were answered well.'],
          [
            'Slot price',
            live.slot_price.toFixed(2),
            'Points that a second of one of its slots is worth to others.',
          ],
        ] as const)
  return (
    <>
      <div class="toolbar">
        <code class="muted">{model.id}</code>
        {live === undefined ? null : <StateBadge model={live} />}
        {model.source === 'file' ? <Badge tone="quiet">defined in loadstar.yaml</Badge> : null}
        {model.tags.map((tag) => (
          <Badge tone="quiet" key={tag}>
            {tag}
          </Badge>
        ))}
      </div>
      <dl class="standing">
        {figures.map(([name, value, tip]) => (
          <div key={name}>
            <dt>
              <Term tip={tip}>{name}</Term>
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function DescriptionSection({ model }: { readonly model: ModelView }) {
  const [draft, setDraft] = useState(draftOf(model))
  const submission = useSubmission(MODEL_FIELDS)
  const isFile = model.source === 'file'
  const isChanged = JSON.stringify(descriptionOf(draft)) !== JSON.stringify(descriptionOf(draftOf(model)))
  const save = () =>
    submission.run(async () => {
      await put(`/models/${segment(model.id)}`, descriptionOf(draft))
      await models.load()
      say(`“${draft.name}” is saved.`)
    })
  return (
    <section aria-label="Description">
      <h3>Description</h3>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <ModelFields draft={draft} onChange={setDraft} submission={submission} isDisabled={isFile} />
        <FormEnd
          submission={submission}
          action="Save"
          cancel="As before"
          onCancel={() => setDraft(draftOf(model))}
          isShown={!isFile && isChanged}
        />
      </form>
    </section>
  )
}
