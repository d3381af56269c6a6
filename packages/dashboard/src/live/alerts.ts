import { computed, signal } from '@preact/signals'
import type { AlertView, Severity } from '../api/views'
import type { AlertsEvent } from './events'

/** `null` until the stream has told them. */
export const activeAlerts = signal<readonly AlertView[] | null>(null)
/** Those that became critical while the page was open and that nobody has seen yet. */
export const criticalToasts = signal<readonly AlertView[]>([])

export const alertCounts = computed(() => {
  const counts: Record<Severity, number> = { critical: 0, error: 0, warning: 0, info: 0 }
  for (const { severity } of activeAlerts.value ?? []) counts[severity] += 1
  return counts
})

export function takeAlerts({ active }: AlertsEvent): void {
  const known = new Map((activeAlerts.peek() ?? []).map(({ id, severity }) => [id, severity]))
  const isFirst = activeAlerts.peek() === null
  const risen = active.filter(
    ({ id, severity, acknowledged_at }) =>
      severity === 'critical' && acknowledged_at === null && known.get(id) !== 'critical',
  )
  const stillActive = new Set(
    active.filter(({ acknowledged_at }) => acknowledged_at === null).map(({ id }) => id),
  )
  activeAlerts.value = active
  criticalToasts.value = [
    ...criticalToasts.peek().filter(({ id }) => stillActive.has(id)),
    ...(isFirst ? [] : risen),
  ]
}

export function dismissToast(id: string): void {
  criticalToasts.value = criticalToasts.peek().filter((alert) => alert.id !== id)
}
