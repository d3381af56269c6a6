import { effect, signal, untracked } from '@preact/signals'
import { apiKey } from '../api/key'
import type { ServerEvent } from '../api/event-frames'
import { EventStream, type Connection } from '../api/event-stream'
import { takeAlerts } from './alerts'
import { reloadCatalog, takeCatalog } from './catalog'
import { forgetDecisions, takeDecisions } from './decisions'
import type { AlertsEvent, CatalogEvent, DecisionsEvent, FleetEvent, SimulationEvent } from './events'
import { takeFleet } from './fleet'
import { takeSimulation } from './simulations'
import { pace } from './pace'

export const connection = signal<Connection>({ kind: 'connecting' })
/** Whether what is shown is older than it looks: from a cut until the stream is there again. */
export const isCut = signal(false)
/** Counts the times that what is shown may have missed something: pages with lists of their own ask again. */
export const resets = signal(0)

const HANDLERS: Readonly<Record<string, (data: never) => void>> = {
  fleet: (data: FleetEvent) => takeFleet(data),
  decisions: (data: DecisionsEvent) => takeDecisions(data),
  alerts: (data: AlertsEvent) => takeAlerts(data),
  catalog: (data: CatalogEvent) => takeCatalog(data),
  simulation: (data: SimulationEvent) => takeSimulation(data),
  reset: askAnew,
}

let stream: EventStream | undefined

/** Keeps the page fed for as long as it is open; a new key or pace begins a new stream. */
export function stayConnected(): void {
  effect(() => {
    // Read here, so that this runs again when one of them changes.
    void apiKey.value
    stream?.close()
    stream = new EventStream({
      path: `/api/v1/events?interval_ms=${pace.value}`,
      onEvent: take,
      onConnection: (now) => {
        connection.value = now
        if (now.kind === 'cut') isCut.value = true
        if (now.kind === 'live') isCut.value = false
      },
    })
    stream.connect()
    untracked(askAnew)
  })
  addEventListener('online', reconnectNow)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') reconnectNow()
  })
}

/** Nothing that came by before is sure to be followed without a gap. */
function askAnew(): void {
  reloadCatalog()
  forgetDecisions()
  resets.value += 1
}

export function reconnectNow(): void {
  stream?.hurry()
}

function take({ name, data }: ServerEvent): void {
  HANDLERS[name]?.(JSON.parse(data) as never)
}
