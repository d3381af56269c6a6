import { Trash2 } from 'lucide'
import { useState } from 'preact/hooks'
import { put, remove, segment } from '../api/request'
import type { AgentView } from '../api/views'
import { agents } from '../live/catalog'
import { ask } from '../ui/ask'
import { Badge } from '../ui/badge'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icon'
import { say } from '../ui/notices'
import { WhenReady } from '../ui/states'
import { useSubmission } from '../ui/submission'
import { AGENT_FIELDS, agentChangesOf, agentDraftOf, AgentFields } from './agent-form'

interface AgentDrawerProps {
  readonly id: string
  readonly onClose: () => void
}

export function AgentDrawer({ id, onClose }: AgentDrawerProps) {
  return (
    <WhenReady of={agents.state.value} onRetry={() => void agents.load()}>
      {(all) => {
        const agent = all.find((one) => one.id === id)
        return (
          <Dialog title={agent?.name ?? id} onClose={onClose} isDrawer>
            {agent === undefined ? (
              <p>There is no agent “{id}” any more.</p>
            ) : (
              <Content agent={agent} onClose={onClose} />
            )}
          </Dialog>
        )
      }}
    </WhenReady>
  )
}

function Content({ agent, onClose }: { readonly agent: AgentView; readonly onClose: () => void }) {
  const [draft, setDraft] = useState(agentDraftOf(agent))
  const submission = useSubmission(AGENT_FIELDS)
  const isFile = agent.source === 'file'
  const isChanged = JSON.stringify(draft) !== JSON.stringify(agentDraftOf(agent))
  const save = () =>
    submission.run(async () => {
      await put(`/agents/${segment(agent.id)}`, agentChangesOf(draft))
      await agents.load()
      say(`“${draft.name}” is saved.`)
      onClose()
    })
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div class="toolbar">
        <code class="muted">{agent.id}</code>
        {isFile ? <Badge tone="quiet">defined in loadstar.yaml, and changed there</Badge> : null}
        <a class="link spread" href={`/decisions?agent=${encodeURIComponent(agent.id)}`} data-page>
          Its requests
        </a>
      </div>
      <AgentFields draft={draft} onChange={setDraft} submission={submission} isDisabled={isFile} />
      {submission.error === null ? null : (
        <p class="failure" role="alert">
          {submission.error}
        </p>
      )}
      <div class="dialog-actions">
        <button
          type="button"
          class="btn btn-ghost text-bad"
          disabled={isFile}
          onClick={() => askToDelete(agent, onClose)}
        >
          <Icon of={Trash2} size={16} /> Delete
        </button>
        <button type="submit" class="btn btn-primary" disabled={isFile || !isChanged || submission.isBusy}>
          Save
        </button>
      </div>
    </form>
  )
}

function askToDelete({ id, name }: AgentView, onGone: () => void): void {
  ask({
    title: `Delete “${name}”?`,
    consequences: ['It and its assignments are deleted. Its requests are served as those of nobody known.'],
    action: 'Delete',
    isDestructive: true,
    run: async () => {
      await remove(`/agents/${segment(id)}`)
      await agents.load()
      onGone()
      say(`“${name}” is deleted.`)
    },
  })
}
