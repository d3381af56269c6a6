import type { AlertDesk } from '../alerts/alert-desk.js'
import { EventHub } from '../api/events/event-hub.js'
import type { LiveView } from '../api/live.js'
import { consideredOf } from '../history/considered.js'
import type { Registry } from '../registry/registry.js'
import { Pulses } from '../telemetry/pulses.js'
import type { Ledger } from './ledger.js'

interface EventParts {
  readonly registry: Registry
  readonly ledger: Ledger
  readonly live: LiveView
  readonly alerts: AlertDesk
  readonly clock: () => number
}

/** Wires the live events to what they tell of. Where workers serve, all of it is in this process as well. */
export function openEvents({ registry, ledger, live, alerts, clock }: EventParts): EventHub {
  const { router, decisionIds, meters } = ledger
  const events = new EventHub({
    registry,
    alerts,
    live,
    pulses: new Pulses(meters, clock),
    decisions: {
      decisionId: (leaseId) => decisionIds.of(leaseId),
      considered(leaseId) {
        const decision = router.decision(leaseId)
        return decision === undefined ? null : JSON.stringify(consideredOf(decision))
      },
    },
    clock,
  })
  ledger.onEnded((record) => events.ended(record))
  return events
}
