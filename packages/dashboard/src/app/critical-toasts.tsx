import { OctagonAlert, X } from 'lucide'
import { criticalToasts, dismissToast } from '../live/alerts'
import { Icon } from '../ui/icon'

const MOST_SHOWN = 3

/** A critical alert is told on whatever page one is. */
export function CriticalToasts() {
  const toasts = criticalToasts.value
  return (
    <>
      {toasts.slice(-MOST_SHOWN).map(({ id, model_id, message }) => (
        <div class="notice is-critical" role="alert" key={id}>
          <Icon of={OctagonAlert} />
          <span>
            <strong>Critical{model_id === null ? '' : ` · ${model_id}`}</strong>
            <br />
            {message}{' '}
            <a class="link" href="/alerts" data-page onClick={() => dismissToast(id)}>
              To the alerts
            </a>
          </span>
          <button
            type="button"
            class="btn btn-ghost btn-xs btn-square"
            aria-label="Dismiss"
            onClick={() => dismissToast(id)}
          >
            <Icon of={X} size={14} />
          </button>
        </div>
      ))}
    </>
  )
}
