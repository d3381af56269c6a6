import type { ComponentChildren } from 'preact'
import { count, duration, percent, perSecond, plain, type Quantity } from '../format/quantity'
import { alertCounts } from '../live/alerts'
import { fleet, fleetTrails, tick } from '../live/fleet'
import { Term } from '../ui/quantity'
import { Sparkline } from '../ui/sparkline'
import type { Trail } from '../live/trail'

interface CardProps {
  readonly label: string
  readonly tip: string
  readonly value: Quantity
  readonly note: ComponentChildren
  readonly trail?: Trail
  /** What the trend line is drawn up to, where its greatest value says nothing. */
  readonly top?: number
}

/** Five seconds of looking: is it up, is it quick, does anybody wait, is anything wrong. */
export function FleetCards() {
  const now = fleet.value
  if (now === null) return null
  return (
    <div class="cards">
      <Card
        label="Requests"
        tip="Requests that ended, per second, over the last seconds."
        value={perSecond(now.requests_per_second)}
        note={`${perSecond(now.tokens_per_second).text} tokens/s`}
        trail={fleetTrails.requests}
      />
      <Card
        label="Success"
        tip="Share of ended requests that were answered; those that clients left or got wrong are not counted."
        value={percent(now.success_rate)}
        note="of requests that ended"
        trail={fleetTrails.success}
        top={1}
      />
      <Card
        label="Average"
        tip="Mean time from the arrival of a request to the end of its answer."
        value={duration(now.avg_ms)}
        note={`P50 ${plain(duration(now.p50_ms))}`}
        trail={fleetTrails.average}
      />
      <Card
        label="P95"
        tip="95 of 100 requests took no longer than this, from arrival to the end of the answer."
        value={duration(now.p95_ms)}
        note={`P99 ${plain(duration(now.p99_ms))}`}
        trail={fleetTrails.p95}
      />
      <Card
        label="Queued"
        tip="Requests that wait for a slot at this moment."
        value={count(now.queued)}
        note={`${plain(count(now.in_flight))} in flight`}
        trail={fleetTrails.queued}
      />
      <AlertCard />
    </div>
  )
}

function Card({ label, tip, value, note, trail, top }: CardProps) {
  // Trails change with the tick, and are no signals themselves.
  void tick.value
  return (
    <section class="card-tile" aria-label={label}>
      <Term tip={tip}>{label}</Term>
      <div class="tile-value">
        {value.text}
        <span class="unit">{value.unit === '' || value.unit === '/s' ? value.unit : ` ${value.unit}`}</span>
      </div>
      <div class="tile-note">{note}</div>
      {trail === undefined ? null : (
        <Sparkline values={trail.values()} {...(top === undefined ? {} : { top })} />
      )}
    </section>
  )
}

function AlertCard() {
  const { critical, error, warning, info } = alertCounts.value
  const active = critical + error + warning + info
  const tone = critical + error > 0 ? 'is-bad' : warning > 0 ? 'is-warning' : ''
  const worst = [
    [critical, 'critical'],
    [error, 'error'],
    [warning, 'warning'],
    [info, 'info'],
  ] as const
  const note = worst.flatMap(([number, name]) => (number === 0 ? [] : [`${number} ${name}`])).join(', ')
  return (
    <section class={`card-tile ${tone}`} aria-label="Active alerts">
      <Term tip="Alerts whose cause is still there, acknowledged or not.">Active alerts</Term>
      <div class="tile-value">{active}</div>
      <div class="tile-note">
        {active === 0 ? (
          'nothing is wrong'
        ) : (
          <a class="link" href="/alerts" data-page>
            {note}
          </a>
        )}
      </div>
    </section>
  )
}
