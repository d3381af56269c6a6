import { useState } from 'preact/hooks'
import { setQuery } from '../app/route'
import { post } from '../api/request'
import { agents } from '../live/catalog'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { FormEnd } from '../ui/form-end'
import { say } from '../ui/notices'
import { useSubmission } from '../ui/submission'
import { AGENT_FIELDS, agentChangesOf, AgentFields, NEW_AGENT } from './agent-form'

export function NewAgentDialog({ onClose }: { readonly onClose: () => void }) {
  const [draft, setDraft] = useState(NEW_AGENT)
  const submission = useSubmission(AGENT_FIELDS)
  const add = () =>
    submission.run(async () => {
      const { min_context_length: minimum, ...given } = agentChangesOf(draft)
      await post('/agents', {
        id: draft.id.trim(),
        ...given,
        ...(minimum === null ? {} : { min_context_length: minimum }),
      })
      await agents.load()
      say(`Agent “${draft.id}” added.`)
      setQuery({ new: '', show: 'agents' })
    })
  return (
    <Dialog title="Add an agent" onClose={onClose} isWide>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void add()
        }}
      >
        <TextField
          label="Id"
          isRequired
          value={draft.id}
          error={submission.errorOf('id')}
          hint="What its requests carry in x-agent-id."
          onInput={(id) => setDraft({ ...draft, id })}
        />
        <AgentFields draft={draft} onChange={setDraft} submission={submission} isDisabled={false} />
        <FormEnd submission={submission} action="Add" cancel="Cancel" onCancel={onClose} />
      </form>
    </Dialog>
  )
}
