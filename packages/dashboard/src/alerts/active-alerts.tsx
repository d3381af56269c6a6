import { ShieldCheck } from 'lucide'
import { useState } from 'preact/hooks'
import { post, segment } from '../api/request'
import type { AlertView } from '../api/views'
import { ago } from '../format/instant'
import { counted, title } from '../format/words'
import { activeAlerts, alertCounts } from '../live/alerts'
import { modelNames } from '../live/catalog'
import { serverNowMs } from '../live/fleet'
import { say, sayFailed } from '../ui/notices'
import { Panel } from '../ui/panel'
import { Empty, Skeleton } from '../ui/states'
import { SEVERITIES, SeverityBadge } from './severity'

export function ActiveAlerts() {
  const active = activeAlerts.value
  return (
    <Panel title="Active" subtitle="What is wrong at this moment, the worst first" actions={<Counts />}>
      {active === null ? (
        <Skeleton lines={4} />
      ) : active.length === 0 ? (
        <Empty icon={ShieldCheck} title="Nothing is wrong">
          Alerts appear here, and as a notice on every page where they are critical.
        </Empty>
      ) : (
        <ul class="alert-list">
          {active.map((alert) => (
            <ActiveAlert key={alert.id} alert={alert} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Counts() {
  const counts = alertCounts.value
  return (
    <>
      {SEVERITIES.filter((severity) => counts[severity] > 0).map((severity) => (
        <span key={severity} class="toolbar alert-count">
          <SeverityBadge severity={severity} /> {counts[severity]}
        </span>
      ))}
    </>
  )
}

function ActiveAlert({ alert }: { readonly alert: AlertView }) {
  const { id, type, severity, message, model_id, started_at, occurrences, acknowledged_at, acknowledged_by } =
    alert
  const nowMs = serverNowMs.value || Date.now()
  return (
    <li class={`alert-item ${acknowledged_at === null ? '' : 'is-seen'}`} data-alert={id}>
      <div class="toolbar">
        <SeverityBadge severity={severity} />
        <strong>{title(type)}</strong>
        {model_id === null ? null : (
          <a class="link" href={`/catalog?model=${encodeURIComponent(model_id)}`} data-page>
            {modelNames.value.get(model_id) ?? model_id}
          </a>
        )}
        <span class="hint spread" data-tip="Since when it is active.">
          {ago(Date.parse(started_at), nowMs)}
        </span>
      </div>
      <p>{message}</p>
      <div class="toolbar">
        {occurrences > 1 ? <span class="hint">raised {counted(occurrences, 'time')}</span> : null}
        {acknowledged_at === null ? (
          <AcknowledgeButton id={id} />
        ) : (
          <span class="hint">
            seen {acknowledged_by === null ? '' : `by ${acknowledged_by} `}
            {ago(Date.parse(acknowledged_at), nowMs)}
          </span>
        )}
      </div>
    </li>
  )
}

function AcknowledgeButton({ id }: { readonly id: string }) {
  const [isBusy, setBusy] = useState(false)
  const acknowledge = async () => {
    setBusy(true)
    try {
      const { alert } = await post<{ alert: AlertView }>(`/alerts/${segment(id)}/acknowledge`, {
        by: 'dashboard',
      })
      activeAlerts.value = (activeAlerts.peek() ?? []).map((one) => (one.id === alert.id ? alert : one))
      say('Acknowledged. It stays active until its cause is gone.')
    } catch (error) {
      sayFailed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <button
      type="button"
      class="btn btn-sm"
      disabled={isBusy}
      onClick={() => void acknowledge()}
      data-tip="Say that somebody has seen it"
    >
      Acknowledge
    </button>
  )
}
