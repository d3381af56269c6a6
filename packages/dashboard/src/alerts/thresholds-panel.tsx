import { useEffect } from 'preact/hooks'
import { get } from '../api/request'
import type { Thresholds } from '../api/views'
import { atAxis, duration, percent } from '../format/quantity'
import { counted, words } from '../format/words'
import { modelNames } from '../live/catalog'
import { resets } from '../live/connect'
import { resource } from '../live/loadable'
import { Badge } from '../ui/badge'
import { Panel } from '../ui/panel'
import { Term } from '../ui/quantity'
import { WhenReady } from '../ui/states'

interface Webhook {
  readonly id: string
  readonly format: string
  readonly min_severity: string
  readonly is_signed: boolean
  readonly waiting: number
  readonly delivered: number
  readonly given_up: number
}

interface Overview {
  readonly thresholds: Thresholds
  readonly webhooks: readonly Webhook[]
}

const overview = resource(() => get<Overview>('/alerts'))

export function ThresholdsPanel() {
  useEffect(() => void overview.load(), [resets.value])
  return (
    <Panel title="Thresholds" subtitle="Set in the section alerts of loadstar.yaml" className="thresholds">
      <WhenReady of={overview.state.value} onRetry={() => void overview.load()}>
        {(value) => <Content {...value} />}
      </WhenReady>
    </Panel>
  )
}

function Content({ thresholds, webhooks }: Overview) {
  return (
    <>
      <Levels thresholds={thresholds} />
      <Rules thresholds={thresholds} />
      <h3>Webhooks</h3>
      {webhooks.length === 0 ? (
        <p class="hint">Nobody else is told; see docs/operations/webhooks.md.</p>
      ) : (
        <ul class="stack">
          {webhooks.map((webhook) => (
            <WebhookState key={webhook.id} webhook={webhook} />
          ))}
        </ul>
      )}
    </>
  )
}

function Levels({ thresholds }: { readonly thresholds: Thresholds }) {
  const { latency, latency_by_model, success_rate, consecutive_failures } = thresholds
  const ms = (value: number) => atAxis(duration(value))
  const share = (value: number) => atAxis(percent(value))
  const rows = [
    {
      name: 'Latency',
      tip: `95th percentile of ${words(latency.measure)}, above which an alert begins.`,
      cells: [ms(latency.warning_ms), ms(latency.error_ms), ms(latency.critical_ms)],
    },
    ...latency_by_model.map(({ model, warning_ms, error_ms, critical_ms }) => ({
      name: modelNames.value.get(model) ?? model,
      tip: 'Latency of this model alone.',
      cells: [ms(warning_ms), ms(error_ms), ms(critical_ms)],
    })),
    {
      name: 'Success',
      tip: 'Share of answers that come out well, below which an alert begins.',
      cells: [share(success_rate.warning), share(success_rate.error), share(success_rate.critical)],
    },
    {
      name: 'In a row',
      tip: 'Failures one after the other from which an alert begins.',
      cells: ['–', String(consecutive_failures.error), String(consecutive_failures.critical)],
    },
  ]
  return (
    <table class="levels">
      <thead>
        <tr>
          <th scope="col">
            <span class="sr-only">Measure</span>
          </th>
          {['warning', 'error', 'critical'].map((level) => (
            <th scope="col" class="number" key={level}>
              {level}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, tip, cells }) => (
          <tr key={name}>
            <th scope="row">
              <Term tip={tip}>{name}</Term>
            </th>
            {cells.map((cell, i) => (
              <td class="number" key={i}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Rules({ thresholds }: { readonly thresholds: Thresholds }) {
  const { rapid_failures: rapid, no_models_after_ms, window_ms, min_samples, cooldown_ms } = thresholds
  return (
    <ul class="hint rules">
      <li>
        Rapid failures: {rapid.count} within {atAxis(duration(rapid.within_ms))}, at least{' '}
        {atAxis(percent(rapid.min_share))} of the calls.
      </li>
      <li>No model available for {atAxis(duration(no_models_after_ms))} is critical.</li>
      <li>
        Measured over {atAxis(duration(window_ms))}, from {counted(min_samples, 'answer')} on.
      </li>
      <li>What comes back within {atAxis(duration(cooldown_ms))} is the same alert again.</li>
    </ul>
  )
}

function WebhookState({ webhook }: { readonly webhook: Webhook }) {
  const { id, format, min_severity, is_signed, waiting, delivered, given_up } = webhook
  return (
    <li>
      <div class="toolbar">
        <strong>{id}</strong>
        <Badge tone="quiet">{format}</Badge>
        {is_signed ? <Badge tone="good">signed</Badge> : null}
      </div>
      <p class="hint">
        from {min_severity} on · {delivered} delivered · {waiting} waiting · {given_up} given up
      </p>
    </li>
  )
}
