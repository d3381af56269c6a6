import { CirclePause, CirclePlay, PlugZap, Trash2 } from 'lucide'
import { useState } from 'preact/hooks'
import { patch, post, remove, segment } from '../api/request'
import type { ModelView } from '../api/views'
import { duration, plain } from '../format/quantity'
import { counted } from '../format/words'
import { models } from '../live/catalog'
import { modelState } from '../live/fleet'
import { ask } from '../ui/ask'
import { Icon } from '../ui/icon'
import { say, sayFailed } from '../ui/notices'

interface ModelActionsProps {
  readonly model: ModelView
  readonly onGone: () => void
}

export function ModelActions({ model, onGone }: ModelActionsProps) {
  return (
    <div class="toolbar">
      {model.enabled ? (
        <button type="button" class="btn btn-sm" onClick={() => askToDrain(model)}>
          <Icon of={CirclePause} size={16} /> Take out of service
        </button>
      ) : (
        <button type="button" class="btn btn-sm btn-primary" onClick={() => void putBack(model)}>
          <Icon of={CirclePlay} size={16} /> Put back into service
        </button>
      )}
      <ConnectionTest id={model.id} />
      <button
        type="button"
        class="btn btn-sm btn-ghost text-bad spread"
        disabled={model.source === 'file'}
        onClick={() => askToDelete(model, onGone)}
      >
        <Icon of={Trash2} size={16} /> Delete
      </button>
    </div>
  )
}

interface TestResult {
  readonly ok: boolean
  readonly latency_ms: number | null
  readonly message: string
}

/** One real request to the model, to see whether it answers. */
function ConnectionTest({ id }: { readonly id: string }) {
  const [result, setResult] = useState<TestResult | 'running' | null>(null)
  const run = async () => {
    setResult('running')
    try {
      setResult(await post<TestResult>(`/models/${segment(id)}/test`))
    } catch (error) {
      setResult(null)
      sayFailed(error)
    }
  }
  return (
    <>
      <button type="button" class="btn btn-sm" disabled={result === 'running'} onClick={() => void run()}>
        <Icon of={PlugZap} size={16} /> {result === 'running' ? 'Testing…' : 'Test connection'}
      </button>
      {result === null || result === 'running' ? null : (
        <span role="status" class={result.ok ? 'text-good' : 'text-bad'}>
          {result.ok ? `It answers, in ${plain(duration(result.latency_ms))}.` : result.message}
        </span>
      )}
    </>
  )
}

function askToDrain({ id, name }: ModelView): void {
  const running = modelState(id)?.now.peek().in_flight ?? 0
  ask({
    title: `Take “${name}” out of service?`,
    consequences: [
      `It is given nothing new from now on; ${counted(running, 'request')} it serves go on to their end.`,
      'Requests that wait for this model alone are turned away, and automatic runs leave it out.',
    ],
    action: 'Take out of service',
    isDestructive: true,
    run: async () => {
      await patch(`/models/${segment(id)}`, { enabled: false })
      await models.load()
      say(`“${name}” is given nothing new.`)
    },
  })
}

async function putBack({ id, name }: ModelView): Promise<void> {
  try {
    await patch(`/models/${segment(id)}`, { enabled: true })
    await models.load()
    say(`“${name}” is back in service.`)
  } catch (error) {
    sayFailed(error)
  }
}

function askToDelete({ id, name }: ModelView, onGone: () => void): void {
  ask({
    title: `Delete “${name}”?`,
    consequences: [
      'It and its assignments are deleted. Requests that it serves go on to their end.',
      'This cannot be undone; to set it aside, take it out of service instead.',
    ],
    action: 'Delete',
    isDestructive: true,
    run: async () => {
      await remove(`/models/${segment(id)}`)
      await models.load()
      onGone()
      say(`“${name}” is deleted.`)
    },
  })
}
