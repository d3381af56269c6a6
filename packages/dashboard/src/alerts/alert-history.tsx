import { signal } from '@preact/signals'
import { History } from 'lucide'
import { useEffect } from 'preact/hooks'
import { get } from '../api/request'
import type { AlertView, Severity } from '../api/views'
import { clockTime } from '../format/instant'
import { duration, plain } from '../format/quantity'
import { counted, title, words } from '../format/words'
import { activeAlerts } from '../live/alerts'
import { modelNames } from '../live/catalog'
import { resets } from '../live/connect'
import { resource } from '../live/loadable'
import { Badge } from '../ui/badge'
import { Choice } from '../ui/choice'
import { Panel } from '../ui/panel'
import { Empty, WhenReady } from '../ui/states'
import { SEVERITIES, SeverityBadge } from './severity'

interface Page {
  readonly alerts: readonly AlertView[]
  readonly total_count: number
}

const PAGE_SIZE = 100
const SHOWN_FIRST = 8

const severity = signal<Severity | ''>('')
const isWhole = signal(false)
const past = resource(() =>
  get<Page>('/alerts/history', { status: 'resolved', severity: severity.peek(), page_size: PAGE_SIZE }),
)
const OPTIONS = [
  { value: '' as const, text: 'All' },
  ...SEVERITIES.map((name) => ({ value: name, text: title(name) })),
]

/** What was wrong and is no more. */
export function AlertHistory() {
  // What stops being active becomes history.
  useEffect(() => void past.load(), [activeAlerts.value, severity.value, resets.value])
  return (
    <Panel
      title="History"
      subtitle="What was wrong and is no more, the latest first"
      actions={
        <Choice
          label="Severity"
          options={OPTIONS}
          value={severity.value}
          onChoose={(to) => (severity.value = to)}
        />
      }
    >
      <WhenReady of={past.state.value} onRetry={() => void past.load()}>
        {({ alerts, total_count }) =>
          alerts.length === 0 ? (
            <Empty icon={History} title="Nothing so far">
              Alerts are kept here once their cause is gone.
            </Empty>
          ) : (
            <Rows alerts={alerts} total={total_count} />
          )
        }
      </WhenReady>
    </Panel>
  )
}

function Rows({ alerts, total }: { readonly alerts: readonly AlertView[]; readonly total: number }) {
  const shown = isWhole.value ? alerts : alerts.slice(0, SHOWN_FIRST)
  return (
    <>
      <ul class="alert-list">
        {shown.map((alert) => (
          <PastAlert key={alert.id} alert={alert} />
        ))}
      </ul>
      {alerts.length <= SHOWN_FIRST ? null : (
        <button type="button" class="btn btn-sm btn-ghost" onClick={() => (isWhole.value = !isWhole.value)}>
          {isWhole.value ? 'Show fewer' : `Show ${counted(alerts.length - SHOWN_FIRST, 'more')}`}
        </button>
      )}
      {total > alerts.length ? (
        <p class="hint">
          The latest {alerts.length} of {total}.
        </p>
      ) : null}
    </>
  )
}

function PastAlert({ alert }: { readonly alert: AlertView }) {
  const { type, model_id, message, started_at, resolved_at, resolution } = alert
  const startedMs = Date.parse(started_at)
  const lasted = resolved_at === null ? null : Date.parse(resolved_at) - startedMs
  return (
    <li class="alert-item is-past">
      <div class="toolbar">
        <SeverityBadge severity={alert.severity} />
        <strong>{title(type)}</strong>
        {model_id === null ? null : <span>{modelNames.value.get(model_id) ?? model_id}</span>}
        {resolution === null ? null : <Badge tone="quiet">{words(resolution)}</Badge>}
        <span class="hint spread" data-tip="When it began, and how long it was active.">
          {clockTime(startedMs)} · {plain(duration(lasted))}
        </span>
      </div>
      <p class="muted">{message}</p>
    </li>
  )
}
