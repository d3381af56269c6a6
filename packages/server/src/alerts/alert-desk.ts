import {
  adviseCapacity,
  type Alert,
  type AlertChange,
  type AlertRules,
  AlertWatch,
  type AssignInput,
  type AssignmentResult,
  type CapacityAdvice,
  FleetFlow,
  type ModelLoad,
  type RuleState,
  RuleWatch,
} from '@loadstar/core'
import type { Logger } from 'pino'
import type { AlertsConfig, CapacityRuleConfig } from '../config/alerts-config.js'
import type { AttemptRecord, ExchangeRecord } from '../gateway/record.js'
import type { Registry } from '../registry/registry.js'
import { CapacityActions } from './capacity-actions.js'
import { redistribute } from './redistribution.js'
import type { AlertStore } from './store.js'
import { Mailbox, type MailboxState } from './webhooks/mailbox.js'
import { adviceNotification, alertNotification, type Notification } from './webhooks/notification.js'

interface AlertDeskOptions {
  readonly config: { readonly alerts: AlertsConfig; readonly capacityRules: readonly CapacityRuleConfig[] }
  readonly store: AlertStore
  readonly registry: Pick<Registry, 'agents' | 'models' | 'activeAssignments' | 'replaceAutomatic'>
  readonly loads: () => readonly ModelLoad[]
  readonly setQueueOpen: (modelId: string, isOpen: boolean) => void
  readonly solve: (input: AssignInput) => Promise<AssignmentResult>
  /** Unix milliseconds, never backwards. */
  readonly clock: () => number
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
}

/** Requests that came to no model because all that may serve them were full. */
const TURNED_AWAY: ReadonlySet<string> = new Set([
  'rejected_queue_full',
  'rejected_queue_closed',
  'rejected_deadline',
  'expired_in_queue',
])

/**
 * Where alerts are kept and acted on: it hears of every ended request, looks at everything on a timer, stores what has
 * changed, tells webhooks, and carries out capacity rules. Nothing of it is waited for by a request.
 */
export class AlertDesk {
  readonly #options: AlertDeskOptions
  readonly #watch: AlertWatch
  readonly #ruleWatch: RuleWatch
  readonly #flow = new FleetFlow()
  readonly #actions: CapacityActions
  readonly #mailboxes: readonly Mailbox[]
  readonly #isByAnswer: boolean
  readonly #listeners: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #saved: Promise<void> = Promise.resolve()

  private constructor(options: AlertDeskOptions) {
    const { config, log } = options
    this.#options = options
    this.#watch = new AlertWatch(config.alerts.options)
    this.#ruleWatch = new RuleWatch(config.capacityRules)
    this.#isByAnswer = config.alerts.measure === 'answer'
    this.#mailboxes = config.alerts.webhooks.map((webhook) => new Mailbox(webhook, log))
    this.#actions = new CapacityActions({
      setQueueOpen: options.setQueueOpen,
      redistribute: (rule, hot) => this.#redistribute(rule, hot),
      advise: (modelId, targetWaitMs) => this.advice(targetWaitMs, modelId)[0],
      tell: (rule, advice) => this.#send(adviceNotification(rule.id, rule.severity, advice, this.#now())),
      log,
    })
  }

  /** Goes on with the alerts of the store. @throws what the store throws. */
  static async open(options: AlertDeskOptions): Promise<AlertDesk> {
    const desk = new AlertDesk(options)
    desk.#watch.restore(await options.store.load(), desk.#now())
    return desk
  }

  /** From here on it looks at everything every few seconds. */
  start(): void {
    this.#timer = setInterval(() => this.look(), this.#options.config.alerts.intervalMs)
    this.#timer.unref()
  }

  /** A request of a client ended: counts, and nothing else. */
  ended(record: ExchangeRecord): void {
    const nowMs = this.#options.clock()
    const { attempts, outcome } = record
    for (let i = 0; i < attempts.length; i++) {
      const { modelId, outcome: end, queueMs, serviceMs, firstByteMs } = attempts[i] as AttemptRecord
      this.#watch.record(modelId, end, this.#isByAnswer ? serviceMs : firstByteMs, nowMs)
      this.#flow.record(modelId, queueMs, serviceMs, nowMs)
    }
    if (TURNED_AWAY.has(outcome)) this.#flow.turnedAway(nowMs)
  }

  /** Looks at everything now. */
  look(): void {
    const { config, log } = this.#options
    try {
      const nowMs = this.#now()
      const loads = this.#options.loads()
      this.#flow.observe(loads, nowMs)
      this.#ruleWatch.evaluate(loads, nowMs)
      const states = this.#ruleWatch.states()
      const breaches = states
        .filter(({ isInForce }) => isInForce)
        .map(({ rule, modelId, utilization }) => ({
          ruleId: rule.id,
          modelId,
          severity: rule.severity ?? 'warning',
          utilization: utilization ?? rule.utilization,
          threshold: rule.utilization,
        }))
      const models = loads.map((load) => ({ modelId: load.modelId, isUsable: isUsable(load) }))
      this.#changed(this.#watch.evaluate(models, nowMs, breaches))
      this.#actions.follow(states, config.capacityRules, nowMs)
    } catch (error) {
      log.error({ err: error }, 'alerts could not be looked at')
    }
  }

  /** @returns `undefined` when no alert with this id is active. */
  acknowledge(id: string, by: string | null): Alert | undefined {
    const change = this.#watch.acknowledge(id, by, this.#now())
    if (change !== undefined) this.#changed([change])
    return change?.alert
  }

  /** From here on the listener is told whenever what is active has changed. It must be quick. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** The worst first, then the latest. */
  active(): readonly Alert[] {
    return this.#watch.active()
  }

  /** Active and resolved ones, the latest first. */
  all(): readonly Alert[] {
    return this.#watch.all()
  }

  rules(): AlertRules {
    return this.#watch.rules
  }

  measure(): AlertsConfig['measure'] {
    return this.#options.config.alerts.measure
  }

  webhooks(): readonly MailboxState[] {
    return this.#mailboxes.map((mailbox) => mailbox.state())
  }

  ruleStates(): readonly RuleState[] {
    return this.#ruleWatch.states()
  }

  /**
   * How many slots models should have; those of which too little was measured are left out. The one where a slot is worth
   * most comes first.
   */
  advice(targetWaitMs: number, modelId?: string): readonly CapacityAdvice[] {
    const nowMs = this.#now()
    const loads = this.#options.loads()
    const full = new Set(
      loads
        .filter(({ isOverTarget, queueDepth }) => isOverTarget || queueDepth > 0)
        .map((load) => load.modelId),
    )
    const wanted = modelId === undefined ? loads : loads.filter((load) => load.modelId === modelId)
    const advices = wanted.flatMap((load) => {
      const flow = this.#flow.read(load.modelId, full, nowMs)
      return flow === undefined ? [] : [adviseCapacity(load, flow, targetWaitMs)]
    })
    return advices.sort((a, b) => b.slotPrice - a.slotPrice || b.additionalSlots - a.additionalSlots)
  }

  /** Looks no more; what is to be stored is stored, and webhooks have a little while. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#mailboxes.map((mailbox) => mailbox.stop()))
    await this.#saved
  }

  #changed(changes: readonly AlertChange[]): void {
    if (changes.length === 0) return
    for (const listener of this.#listeners) listener()
    const { store, log } = this.#options
    for (const change of changes) {
      const { id, type, severity, modelId: model, message } = change.alert
      log.info({ alert: id, type, severity, model }, `alert ${change.kind}: ${message}`)
      const notification = alertNotification(change)
      if (notification !== undefined) this.#send(notification)
    }
    const alerts = changes.map(({ alert }) => alert)
    const { maxHistory } = this.#watch.rules
    this.#saved = this.#saved
      .then(() => store.save(alerts))
      .then(() => (alerts.some(({ isActive }) => !isActive) ? store.keepResolved(maxHistory) : undefined))
      .catch((error: unknown) => log.error({ err: error }, 'alerts could not be stored'))
  }

  #send(notification: Notification): void {
    for (const mailbox of this.#mailboxes) mailbox.put(notification)
  }

  #redistribute(rule: CapacityRuleConfig, hot: ReadonlySet<string>) {
    const active = new Map(this.#options.loads().map((load) => [load.modelId, load.activeRequests]))
    const used = new Map(
      this.#ruleWatch.states().map(({ modelId, utilization }) => [modelId, utilization ?? undefined]),
    )
    const slots = new Map(this.#options.registry.models().map(({ id, maxConcurrent }) => [id, maxConcurrent]))
    const activeOf = (modelId: string): number => {
      const mean = used.get(modelId)
      return mean === undefined ? (active.get(modelId) ?? 0) : mean * (slots.get(modelId) ?? 0)
    }
    const { releaseUtilization: share = 0.9 * rule.utilization, maxScoreLoss } = rule
    return redistribute(this.#options, { hot, share: Math.max(share, 0.01), activeOf, maxScoreLoss })
  }

  /** Whole milliseconds, as they are stored. */
  #now(): number {
    return Math.floor(this.#options.clock())
  }
}

function isUsable({ usableSlots, breaker }: ModelLoad): boolean {
  return usableSlots > 0 && breaker === 'closed'
}
