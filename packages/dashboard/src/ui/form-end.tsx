import type { Submission } from './submission'

interface FormEndProps {
  readonly submission: Submission
  readonly action: string
  readonly cancel: string
  readonly onCancel: () => void
  /** Whether there is anything to send. */
  readonly isShown?: boolean
}

/** What is wrong with the whole of a form, and its two ways out. */
export function FormEnd({ submission, action, cancel, onCancel, isShown = true }: FormEndProps) {
  return (
    <>
      {submission.error === null ? null : (
        <p class="failure" role="alert">
          {submission.error}
        </p>
      )}
      {isShown ? (
        <div class="dialog-actions">
          <button type="button" class="btn btn-sm btn-ghost" onClick={onCancel}>
            {cancel}
          </button>
          <button type="submit" class="btn btn-sm btn-primary" disabled={submission.isBusy}>
            {action}
          </button>
        </div>
      ) : null}
    </>
  )
}
