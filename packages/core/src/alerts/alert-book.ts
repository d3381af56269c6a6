import { type Alert, type AlertChange, isWorse, type Resolution, type Severity } from './alert.js'
import { messageOf } from './message.js'
import type { AlertRules } from './options.js'
import type { Reading } from './reading.js'

/** What an alert is about: there is one at a time of each. */
type Subject = Pick<Alert, 'type' | 'modelId' | 'ruleId'>

/** An alert that is active, or was and would come back as the same. */
interface Standing {
  alert: Alert
  /** Since when its cause is gone; `undefined` while it is not. */
  clearMs: number | undefined
  /** When it could be told last how things stand. */
  knownMs: number
}

type Known = NonNullable<Reading>

/** The life of alerts from one reading to the next, what is told of them, and those that are over. */
export class AlertBook {
  readonly #rules: AlertRules
  readonly #standing = new Map<string, Standing>()
  /** Resolved ones, the latest last. */
  #past: Alert[] = []
  #raised = 0
  #changes: AlertChange[] = []

  constructor(rules: AlertRules) {
    this.#rules = rules
  }

  /** Takes over what was read of a subject. */
  judge(subject: Subject, reading: Reading, nowMs: number): void {
    const key = keyOf(subject)
    const standing = this.#standing.get(key)
    if (reading?.level !== undefined) return this.#wrong(key, subject, reading, reading.level, nowMs)
    if (standing === undefined || !standing.alert.isActive) return
    const { afterMs, noDataMs } = this.#rules.resolve
    if (reading === undefined) {
      if (nowMs - standing.knownMs >= noDataMs) this.#resolve(standing, 'no_data', nowMs)
      return
    }
    standing.knownMs = nowMs
    standing.alert = { ...standing.alert, value: reading.value }
    standing.clearMs = reading.isClear ? (standing.clearMs ?? nowMs) : undefined
    if (standing.clearMs !== undefined && nowMs - standing.clearMs >= afterMs) {
      this.#resolve(standing, 'recovered', nowMs)
    }
  }

  /** Ends active alerts that `why` gives a reason for, and forgets those that could not come back as the same. */
  sweep(why: (alert: Alert) => Resolution | undefined, nowMs: number): void {
    for (const [key, standing] of this.#standing) {
      const resolution = why(standing.alert)
      if (resolution !== undefined && standing.alert.isActive) this.#resolve(standing, resolution, nowMs)
      if (this.#isOver(standing.alert, nowMs)) this.#standing.delete(key)
    }
  }

  /** @returns `undefined` when no alert with this id is active. */
  acknowledge(id: string, by: string | null, nowMs: number): AlertChange | undefined {
    const standing = [...this.#standing.values()].find(({ alert }) => alert.id === id && alert.isActive)
    if (standing === undefined) return undefined
    if (standing.alert.acknowledgedMs === null) {
      standing.alert = { ...standing.alert, acknowledgedMs: nowMs, acknowledgedBy: by, changedMs: nowMs }
    }
    return { kind: 'acknowledged', alert: standing.alert, isTold: false }
  }

  /** What has changed since this was asked last, in order. */
  takeChanges(): readonly AlertChange[] {
    const changes = this.#changes
    this.#changes = []
    return changes
  }

  /** In no order. */
  active(): Alert[] {
    return [...this.#standing.values()].map(({ alert }) => alert).filter(({ isActive }) => isActive)
  }

  /** The latest resolved last. */
  past(): readonly Alert[] {
    return this.#past
  }

  restore(alerts: readonly Alert[], nowMs: number): void {
    const inOrder = [...alerts].sort((a, b) => (a.resolvedMs ?? Infinity) - (b.resolvedMs ?? Infinity))
    for (const alert of inOrder) {
      this.#standing.set(keyOf(alert), { alert, clearMs: undefined, knownMs: nowMs })
      if (!alert.isActive) this.#remember(alert)
    }
  }

  #wrong(
    key: string,
    subject: Subject,
    { value, threshold, count }: Known,
    severity: Severity,
    nowMs: number,
  ): void {
    const message = messageOf({ ...subject, value, threshold, count }, this.#rules)
    const measured = { severity, value, threshold, message }
    const known = this.#standing.get(key)
    if (known === undefined || this.#isOver(known.alert, nowMs)) {
      const id = `alert-${Math.floor(nowMs).toString(36)}-${++this.#raised}`
      const alert: Alert = { ...NEW, ...subject, ...measured, id, startedMs: nowMs, changedMs: nowMs }
      const standing = { alert, clearMs: undefined, knownMs: nowMs }
      this.#standing.set(key, standing)
      return this.#tell(standing, 'raised', nowMs)
    }
    known.knownMs = nowMs
    known.clearMs = undefined
    const { alert } = known
    if (!alert.isActive) {
      this.#past = this.#past.filter(({ id }) => id !== alert.id)
      const occurrences = alert.occurrences + 1
      const again = { isActive: true, resolvedMs: null, resolution: null, changedMs: nowMs, occurrences }
      known.alert = { ...alert, ...measured, ...again }
      return this.#tell(known, 'raised', nowMs)
    }
    if (isWorse(severity, alert.severity)) {
      known.alert = { ...alert, ...measured, changedMs: nowMs }
      return this.#tell(known, 'escalated', nowMs)
    }
    known.alert = severity === alert.severity ? { ...alert, value, threshold, message } : { ...alert, value }
    // It came back within the cooldown, nobody was told, and it is still there.
    if (this.#isDue(known.alert, nowMs)) this.#tell(known, 'raised', nowMs)
  }

  /** Whether an alert that was resolved is too long ago to be the same one coming back. */
  #isOver({ isActive, told, resolvedMs }: Alert, nowMs: number): boolean {
    return !isActive && nowMs - (told?.atMs ?? resolvedMs ?? -Infinity) >= this.#rules.cooldownMs
  }

  /** Whether those who are notified are to be told of an active alert. */
  #isDue({ told, severity }: Alert, nowMs: number): boolean {
    if (told === null || isWorse(severity, told.severity)) return true
    return !told.isActive && nowMs - told.atMs >= this.#rules.cooldownMs
  }

  #tell(standing: Standing, kind: AlertChange['kind'], nowMs: number): void {
    const { alert } = standing
    const isTold = this.#isDue(alert, nowMs)
    if (isTold) standing.alert = { ...alert, told: { isActive: true, severity: alert.severity, atMs: nowMs } }
    this.#changes.push({ kind, alert: standing.alert, isTold })
  }

  #resolve(standing: Standing, resolution: Resolution, nowMs: number): void {
    const { alert } = standing
    // Who never heard of it need not hear of its end.
    const isTold = alert.told?.isActive === true
    const told = alert.told === null ? null : { ...alert.told, isActive: false }
    standing.alert = { ...alert, isActive: false, resolvedMs: nowMs, resolution, changedMs: nowMs, told }
    standing.clearMs = undefined
    this.#remember(standing.alert)
    this.#changes.push({ kind: 'resolved', alert: standing.alert, isTold })
  }

  #remember(alert: Alert): void {
    this.#past.push(alert)
    if (this.#past.length > this.#rules.maxHistory) this.#past.shift()
  }
}

const NEW = {
  isActive: true,
  resolvedMs: null,
  resolution: null,
  acknowledgedMs: null,
  acknowledgedBy: null,
  occurrences: 1,
  told: null,
}

function keyOf({ type, modelId, ruleId }: Subject): string {
  return JSON.stringify([type, modelId, ruleId])
}
