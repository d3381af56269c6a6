import type { CapacityAdvice, RuleState } from '@loadstar/core'
import type { CapacityRuleConfig } from '../config/alerts-config.js'
import type { Move } from './redistribution.js'

interface CapacityDeps {
  /** Of a model's queue, for newcomers. */
  readonly setQueueOpen: (modelId: string, isOpen: boolean) => void
  readonly redistribute: (rule: CapacityRuleConfig, hot: ReadonlySet<string>) => Promise<readonly Move[]>
  /** `undefined` while too little was measured. */
  readonly advise: (modelId: string, targetWaitMs: number) => CapacityAdvice | undefined
  readonly tell: (rule: CapacityRuleConfig, advice: CapacityAdvice) => void
  readonly log: {
    info(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

/** Carries out what rules in force ask for, each as often as it may. */
export class CapacityActions {
  readonly #deps: CapacityDeps
  readonly #closed = new Set<string>()
  /** When a rule was carried out last, by rule, or by rule and model. */
  readonly #doneMs = new Map<string, number>()
  #isRedistributing = false

  constructor(deps: CapacityDeps) {
    this.#deps = deps
  }

  /** To be called with every rule at every model, whenever it was looked at. */
  follow(states: readonly RuleState[], rules: readonly CapacityRuleConfig[], nowMs: number): void {
    const inForce = states.filter(({ isInForce }) => isInForce)
    const modelsOf = (rule: CapacityRuleConfig): string[] =>
      inForce.filter((state) => state.rule.id === rule.id).map(({ modelId }) => modelId)
    this.#holdClosed(new Set(rules.filter(({ action }) => action === 'reject_new').flatMap(modelsOf)))
    for (const rule of rules) {
      const hot = modelsOf(rule)
      if (hot.length === 0) continue
      if (rule.action === 'redistribute') this.#redistribute(rule, new Set(hot), nowMs)
      if (rule.action === 'scale_out') for (const modelId of hot) this.#advise(rule, modelId, nowMs)
    }
  }

  #holdClosed(wanted: ReadonlySet<string>): void {
    const { setQueueOpen, log } = this.#deps
    for (const modelId of this.#closed) {
      if (wanted.has(modelId)) continue
      this.#closed.delete(modelId)
      setQueueOpen(modelId, true)
      log.info({ model: modelId }, 'the queue of a model is open again')
    }
    for (const modelId of wanted) {
      // Each time: a model that was taken out and came back is open.
      setQueueOpen(modelId, false)
      if (this.#closed.has(modelId)) continue
      this.#closed.add(modelId)
      log.info({ model: modelId }, 'a capacity rule closes the queue of a model to newcomers')
    }
  }

  #redistribute(rule: CapacityRuleConfig, hot: ReadonlySet<string>, nowMs: number): void {
    if (this.#isRedistributing || !this.#isDue(rule.id, rule, nowMs)) return
    this.#doneMs.set(rule.id, nowMs)
    this.#isRedistributing = true
    const { redistribute, log } = this.#deps
    const fields = { rule: rule.id, models: [...hot] }
    redistribute(rule, hot)
      .then(
        (moves) => log.info({ ...fields, moves }, 'a capacity rule has moved agents to other models'),
        (error: unknown) => log.error({ ...fields, err: error }, 'agents could not be moved to other models'),
      )
      .finally(() => (this.#isRedistributing = false))
  }

  #advise(rule: CapacityRuleConfig, modelId: string, nowMs: number): void {
    const key = `${rule.id} ${modelId}`
    if (!this.#isDue(key, rule, nowMs)) return
    const advice = this.#deps.advise(modelId, rule.targetWaitMs)
    if (advice === undefined) return
    this.#doneMs.set(key, nowMs)
    const { slots, advisedSlots, reasons } = advice
    const fields = { rule: rule.id, model: modelId, slots, advised: advisedSlots, reasons }
    this.#deps.log.info(fields, 'a capacity rule advises more slots')
    this.#deps.tell(rule, advice)
  }

  #isDue(key: string, { minIntervalMs }: CapacityRuleConfig, nowMs: number): boolean {
    return nowMs - (this.#doneMs.get(key) ?? -Infinity) >= minIntervalMs
  }
}
