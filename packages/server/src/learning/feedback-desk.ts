import { taskTypeOf, type TaskType } from '@loadstar/core'
import type { Feedback, FeedbackReceipt } from '../api/learning-view.js'
import type { Catalog } from '../registry/catalog.js'
import type { QualityBook } from './quality-book.js'
import type { EndedCall, RecentCalls } from './recent-calls.js'

interface Desk {
  readonly book: QualityBook
  readonly calls: RecentCalls
  readonly catalog: Catalog
  /** The lease of a decision of this instance. */
  readonly leaseOf: (decisionId: string) => number | undefined
  /** Whether the router remembers having given it. */
  readonly isGiven: (leaseId: number) => boolean
  /** The call of a decision that was recorded, be it of another instance or before the last start. */
  readonly recorded: (decisionId: string) => Promise<EndedCall | undefined>
  readonly clock: () => number
}

/** What is told of an ended call may come a moment after its client has the answer: from another process. */
const PATIENCE_MS = 1_000

/** Takes votes on answers: finds out whose answer it was and for what. */
export class FeedbackDesk {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  async take({ decisionId, score, task }: Feedback): Promise<FeedbackReceipt> {
    const { book, catalog, clock } = this.#desk
    const call = await this.#find(decisionId)
    if ('kind' in call) return call
    const { modelId } = call
    if (catalog.model(modelId) === undefined) return { kind: 'unknown_model', modelId }
    const own = task ?? call.task ?? this.#taskOfAgent(call.agentId)
    const { isChange } = await book.vote({ decisionId, modelId, task: own, score, atMs: clock() })
    return { kind: 'counted', modelId, task: own, isChange }
  }

  async #find(decisionId: string): Promise<EndedCall | FeedbackReceipt> {
    const { calls, leaseOf, isGiven, recorded } = this.#desk
    const leaseId = leaseOf(decisionId)
    const known = leaseId === undefined ? undefined : calls.find(leaseId)
    if (known !== undefined) return known
    if (leaseId === undefined || !isGiven(leaseId)) {
      return (await recorded(decisionId)) ?? { kind: 'unknown_decision' }
    }
    return (await calls.ended(leaseId, PATIENCE_MS)) ?? { kind: 'still_running' }
  }

  #taskOfAgent(agentId: string | undefined): TaskType {
    const agent = agentId === undefined ? undefined : this.#desk.catalog.agent(agentId)
    return taskTypeOf(agent ?? { requiredCapabilities: [], preferredCapabilities: [] })
  }
}
