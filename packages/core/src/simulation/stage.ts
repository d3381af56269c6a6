import type { LeaseOutcome, Outcome } from '../routing/outcome.js'
import type { Transition } from '../routing/submission.js'
import type { WorldEvent } from './event.js'
import type { ModelTruth } from './model-truth.js'
import type { Passage } from './passage.js'
import type { RouterClock } from './router-clock.js'
import type { RouterPort } from './router-port.js'

/** What faults may reach of a world. */
export interface Stage {
  readonly router: RouterPort
  readonly clock: RouterClock
  readonly models: readonly ModelTruth[]
  /** Every request that has been submitted and has not ended. */
  readonly alive: ReadonlySet<Passage>
  /** Virtual time, and what the router's clock shows. */
  readonly nowMs: number
  readonly routerMs: number
  modelOf(modelId: string): ModelTruth
  later(afterMs: number, event: WorldEvent): void
  /** Acts on what a call of the router set free. */
  take(transition: Transition): void
  /** Ends a lease, at its model and with the router. */
  settle(passage: Passage, outcome: LeaseOutcome): void
  /** Takes a request off its model and its account, without a word to the router. */
  end(passage: Passage, outcome: Outcome): void
  /** Adds to the trace. */
  note(code: number, subject: number, detail: number): void
  /** What a model works on has changed. */
  schedule(model: ModelTruth): void
}
