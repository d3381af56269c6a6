import { Unplug } from 'lucide'
import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../api/event-stream'
import { connection, isCut, reconnectNow } from '../live/connect'
import { fleet } from '../live/fleet'
import { Icon } from '../ui/icon'

const TEXTS: Readonly<Record<Connection['kind'], string>> = {
  connecting: 'Connecting',
  live: 'Live',
  cut: 'Disconnected',
  refused: 'Key needed',
}

export function ConnectionPill() {
  const { kind } = connection.value
  return (
    <span
      class={`pill is-${kind}`}
      role="status"
      data-connection={kind}
      data-tip="Whether what you see follows the server as it happens."
    >
      <span class="pill-dot" />
      {TEXTS[kind]}
    </span>
  )
}

/** What is shown is old while the connection is cut: that has to be said, and what is done about it. */
export function ConnectionBanner() {
  const now = connection.value
  if (!isCut.value) return null
  return (
    <div class="banner" role="alert">
      <Icon of={Unplug} />
      <span>
        The connection to the server is cut
        {fleet.value === null ? '' : '; what you see is as it was then'}.{' '}
        {now.kind === 'cut' ? <Countdown untilMs={now.retryAtMs} /> : 'Connecting…'}
      </span>
      <button type="button" class="btn btn-sm" onClick={reconnectNow}>
        Try now
      </button>
    </div>
  )
}

function Countdown({ untilMs }: { readonly untilMs: number }) {
  const [nowMs, setNowMs] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.ceil((untilMs - nowMs) / 1000))
  return <>{seconds === 0 ? 'Connecting…' : `Trying again in ${seconds} s.`}</>
}
