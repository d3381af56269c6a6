import { ActiveAlerts } from './active-alerts'
import { AlertHistory } from './alert-history'
import { ThresholdsPanel } from './thresholds-panel'

export function AlertsPage() {
  return (
    <div class="alerts-page">
      <div class="stack">
        <ActiveAlerts />
        <AlertHistory />
      </div>
      <ThresholdsPanel />
    </div>
  )
}
