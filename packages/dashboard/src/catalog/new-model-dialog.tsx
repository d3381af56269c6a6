import { useState } from 'preact/hooks'
import { setQuery } from '../app/route'
import { post } from '../api/request'
import { models } from '../live/catalog'
import { Dialog } from '../ui/dialog'
import { SelectField, TextField } from '../ui/field'
import { FormEnd } from '../ui/form-end'
import { say } from '../ui/notices'
import { useSubmission } from '../ui/submission'
import { creationOf, NEW_MODEL } from './model-draft'
import { MODEL_FIELDS, ModelFields } from './model-form'
import { PROFILES } from './vocabulary'

const PROFILE_OPTIONS = [['', 'None'], ...PROFILES.map((name) => [name, name] as const)] as const

export function NewModelDialog({ onClose }: { readonly onClose: () => void }) {
  const [draft, setDraft] = useState(NEW_MODEL)
  const submission = useSubmission(MODEL_FIELDS)
  const add = () =>
    submission.run(async () => {
      await post('/models', creationOf(draft))
      await models.load()
      say(`Model “${draft.id}” added. It takes live traffic from now on.`)
      setQuery({ new: '', model: draft.id.trim() })
    })
  return (
    <Dialog title="Add a model" onClose={onClose} isWide>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void add()
        }}
      >
        <div class="form-grid">
          <TextField
            label="Id"
            isRequired
            value={draft.id}
            error={submission.errorOf('id')}
            hint="What clients write to get exactly this model."
            onInput={(id) => setDraft({ ...draft, id })}
          />
          <TextField
            label="Limit"
            type="number"
            min={0}
            isRequired
            value={draft.max_concurrent}
            error={submission.errorOf('max_concurrent')}
            hint="Requests it may hold at once; never exceeded."
            onInput={(max_concurrent) => setDraft({ ...draft, max_concurrent })}
          />
          <TextField
            label="Queue"
            type="number"
            min={0}
            value={draft.max_queue}
            error={submission.errorOf('max_queue')}
            hint="Requests that may wait for it; four times the limit where it is left out."
            onInput={(max_queue) => setDraft({ ...draft, max_queue })}
          />
          <SelectField
            label="Profile"
            options={PROFILE_OPTIONS}
            value={draft.profile}
            error={submission.errorOf('profile')}
            hint="A well-known model that fills in strengths and context."
            onChange={(profile) => setDraft({ ...draft, profile })}
          />
        </div>
        <ModelFields draft={draft} onChange={setDraft} submission={submission} isDisabled={false} />
        <FormEnd submission={submission} action="Add" cancel="Cancel" onCancel={onClose} />
      </form>
    </Dialog>
  )
}
