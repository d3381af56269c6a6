import { checkMs } from '../load/check.js'
import type { LeaseOutcome } from '../routing/outcome.js'
import { type Alert, type AlertChange, type Resolution, type Severity, severityRank } from './alert.js'
import { AlertBook } from './alert-book.js'
import { type AlertOptions, type AlertRules, resolveAlerts } from './options.js'
import { MODEL_READERS, type Reading } from './reading.js'
import { ModelSignals } from './signals.js'

/** A model as it stands when alerts are looked at. */
export interface WatchedModel {
  readonly modelId: string
  /** Whether it can be given a request: it has slots, its breaker is closed, and it has not asked to be left alone. */
  readonly isUsable: boolean
}

/** A capacity rule that is in force at a model. */
export interface Breach {
  readonly ruleId: string
  readonly modelId: string
  readonly severity: Severity
  /** 0..1, and above after a live cut. */
  readonly utilization: number
  readonly threshold: number
}

/**
 * Says when something is wrong, once, and when it is over: thresholds, cooldown and hysteresis over what is recorded of
 * each model. A synchronous state machine without a clock; the same history gives the same alerts.
 *
 * `nowMs` is any clock's milliseconds ≥ 0 and should not go backwards. `record` is O(1) and allocates only for a model
 * that is new; `evaluate` is O(models · buckets of a histogram) and is to be called every few seconds.
 */
export class AlertWatch {
  /** The thresholds in use. */
  readonly rules: AlertRules
  readonly #book: AlertBook
  readonly #signals = new Map<string, ModelSignals>()
  /** Since when no model can be given anything. */
  #deadMs: number | undefined

  /** @throws {LoadstarError} `OPTION_INVALID` naming the option, the rule it breaks and its value. */
  constructor(options: AlertOptions = {}) {
    this.rules = resolveAlerts(options)
    this.#book = new AlertBook(this.rules)
  }

  /**
   * A call of a model ended.
   *
   * @param latencyMs - of a completed one, milliseconds ≥ 0; `undefined` does not count as an answer.
   */
  record(modelId: string, outcome: LeaseOutcome, latencyMs: number | undefined, nowMs: number): void {
    let signals = this.#signals.get(modelId)
    if (signals === undefined) this.#signals.set(modelId, (signals = new ModelSignals(this.rules)))
    signals.record(outcome, latencyMs, nowMs)
  }

  /**
   * Looks at everything: what is wrong is raised, what has become worse escalates, what is over for long enough resolves.
   *
   * @param models - all there are: what is not among them is forgotten, its alerts resolved.
   * @param breaches - capacity rules in force; those have a hysteresis of their own.
   * @throws {LoadstarError} `OPTION_INVALID` for a `nowMs` that is negative or not finite.
   */
  evaluate(
    models: readonly WatchedModel[],
    nowMs: number,
    breaches: readonly Breach[] = [],
  ): readonly AlertChange[] {
    checkMs(nowMs, 'now_ms')
    for (const { modelId } of models) {
      const signals = this.#signals.get(modelId)
      for (const [type, read] of MODEL_READERS) {
        const reading = signals && read(signals, this.rules, modelId, nowMs)
        this.#book.judge({ type, modelId, ruleId: null }, reading, nowMs)
      }
    }
    for (const { modelId, ruleId, severity, utilization, threshold } of breaches) {
      const reading = { level: severity, isClear: false, value: utilization, threshold }
      this.#book.judge({ type: 'threshold_breach', modelId, ruleId }, reading, nowMs)
    }
    const availability = this.#availability(models, nowMs)
    this.#book.judge({ type: 'no_models_available', modelId: null, ruleId: null }, availability, nowMs)
    const there = new Set(models.map(({ modelId }) => modelId))
    for (const modelId of this.#signals.keys()) if (!there.has(modelId)) this.#signals.delete(modelId)
    this.#book.sweep((alert) => whyOver(alert, there, breaches), nowMs)
    return this.#book.takeChanges()
  }

  /**
   * Somebody has seen an active alert. Acknowledging twice changes nothing.
   *
   * @returns `undefined` when no alert with this id is active.
   */
  acknowledge(id: string, by: string | null, nowMs: number): AlertChange | undefined {
    return this.#book.acknowledge(id, by, nowMs)
  }

  /** The worst first, then the latest. */
  active(): readonly Alert[] {
    return this.#book.active().sort((a, b) => {
      return severityRank(b.severity) - severityRank(a.severity) || b.startedMs - a.startedMs
    })
  }

  /** Active and resolved ones, the latest first; of the resolved ones at most `maxHistory`. */
  all(): readonly Alert[] {
    return [...this.#book.active(), ...this.#book.past()].sort((a, b) => b.startedMs - a.startedMs)
  }

  /** Goes on where another watch has left off; to be called before anything else. */
  restore(alerts: readonly Alert[], nowMs: number): void {
    this.#book.restore(alerts, nowMs)
  }

  #availability(models: readonly WatchedModel[], nowMs: number): Reading {
    const usable = models.filter(({ isUsable }) => isUsable).length
    const isDead = models.length > 0 && usable === 0
    this.#deadMs = isDead ? (this.#deadMs ?? nowMs) : undefined
    const isDue = this.#deadMs !== undefined && nowMs - this.#deadMs >= this.rules.noModelsAfterMs
    const level = isDue ? 'critical' : undefined
    return { level, isClear: !isDead, value: usable, threshold: 1, count: models.length }
  }
}

/** Why an alert is over whatever was measured. */
function whyOver(
  { type, modelId, ruleId }: Alert,
  there: ReadonlySet<string>,
  breaches: readonly Breach[],
): Resolution | undefined {
  if (modelId === null) return undefined
  if (!there.has(modelId)) return 'gone'
  if (type !== 'threshold_breach') return undefined
  const isInForce = breaches.some((breach) => breach.modelId === modelId && breach.ruleId === ruleId)
  return isInForce ? undefined : 'recovered'
}
