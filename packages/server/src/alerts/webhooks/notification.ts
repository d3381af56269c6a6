import { randomUUID } from 'node:crypto'
import type { Alert, AlertChange, CapacityAdvice, Severity } from '@loadstar/core'
import { adviceView, alertView } from '../view.js'

/** Something that webhooks hear of. */
export interface Notification {
  /** The same in every attempt to deliver it, and never used twice. */
  readonly id: string
  readonly event: 'alert.raised' | 'alert.escalated' | 'alert.resolved' | 'capacity.advice'
  readonly severity: Severity
  readonly atMs: number
  /** The body in full. */
  readonly json: string
  /** One line for people. */
  readonly text: string
}

/** @returns `undefined` for changes that nobody is told of. */
export function alertNotification({ kind, alert, isTold }: AlertChange): Notification | undefined {
  if (!isTold || kind === 'acknowledged') return undefined
  const event = `alert.${kind}` as const
  return notification(
    event,
    alert.severity,
    alert.changedMs,
    { alert: alertView(alert) },
    textOf(kind, alert),
  )
}

export function adviceNotification(
  ruleId: string,
  severity: Severity,
  advice: CapacityAdvice,
  nowMs: number,
): Notification {
  const body = { rule_id: ruleId, advice: adviceView(advice) }
  const { modelId, slots, advisedSlots, reasons } = advice
  const text = `capacity of ${modelId}: ${slots} slots, ${advisedSlots} advised. ${reasons.join('. ')}.`
  return notification('capacity.advice', severity, nowMs, body, text)
}

function notification(
  event: Notification['event'],
  severity: Severity,
  atMs: number,
  body: object,
  text: string,
): Notification {
  const id = randomUUID()
  const json = JSON.stringify({ id, event, severity, at: new Date(atMs).toISOString(), ...body })
  return { id, event, severity, atMs, json, text }
}

function textOf(kind: AlertChange['kind'], { severity, type, message, resolution }: Alert): string {
  if (kind === 'resolved') return `resolved (${resolution}): ${type}: ${message}`
  return `${severity}: ${type}: ${message}`
}
