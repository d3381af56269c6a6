import { signal } from '@preact/signals'
import { messageOf } from '../api/request'
import { Dialog } from './dialog'

interface Question {
  readonly title: string
  /** What happens, a sentence each. */
  readonly consequences: readonly string[]
  readonly action: string
  readonly isDestructive: boolean
  readonly run: () => Promise<unknown>
}

const question = signal<Question | null>(null)
const isBusy = signal(false)
const failure = signal('')

/** Asks before something is done; it is done when the answer is yes. */
export function ask(asked: Question): void {
  failure.value = ''
  question.value = asked
}

async function answerYes({ run }: Question): Promise<void> {
  isBusy.value = true
  failure.value = ''
  try {
    await run()
    question.value = null
  } catch (error) {
    failure.value = messageOf(error)
  } finally {
    isBusy.value = false
  }
}

export function QuestionDialog() {
  const asked = question.value
  if (asked === null) return null
  const close = () => {
    question.value = null
  }
  return (
    <Dialog title={asked.title} onClose={close}>
      {asked.consequences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {failure.value === '' ? null : (
        <p class="failure" role="alert">
          {failure.value}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" class="btn btn-ghost" onClick={close}>
          Cancel
        </button>
        <button
          type="button"
          class={`btn ${asked.isDestructive ? 'btn-error' : 'btn-primary'}`}
          disabled={isBusy.value}
          onClick={() => void answerYes(asked)}
        >
          {asked.action}
        </button>
      </div>
    </Dialog>
  )
}
