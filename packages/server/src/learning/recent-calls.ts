import type { TaskType } from '@loadstar/core'
import type { ExchangeRecord } from '../gateway/record.js'

/** A call of a model that has ended, as far as a vote on it needs. */
export interface EndedCall {
  readonly modelId: string
  readonly agentId: string | undefined
  /** As the request named it. */
  readonly task: TaskType | undefined
}

/** Calls kept: at a hundred requests a second eleven minutes'. */
const KEPT = 65_536

/** The latest calls by their leases, in rings of fixed size: noting one writes four cells and makes nothing. */
export class RecentCalls {
  readonly #leaseIds = new Float64Array(KEPT)
  readonly #modelIds: (string | undefined)[] = new Array<undefined>(KEPT).fill(undefined)
  readonly #agentIds: (string | undefined)[] = new Array<undefined>(KEPT).fill(undefined)
  readonly #tasks: (TaskType | undefined)[] = new Array<undefined>(KEPT).fill(undefined)
  readonly #awaited = new Map<number, Set<() => void>>()

  note({ asked, attempts }: ExchangeRecord): void {
    for (const { leaseId, modelId } of attempts) {
      const place = leaseId % KEPT
      this.#leaseIds[place] = leaseId
      this.#modelIds[place] = modelId
      this.#agentIds[place] = asked?.agentId
      this.#tasks[place] = asked?.task
      if (this.#awaited.size > 0) this.#awaited.get(leaseId)?.forEach((tell) => tell())
    }
  }

  /** `undefined` for one that runs still, or is forgotten. */
  find(leaseId: number): EndedCall | undefined {
    const place = leaseId % KEPT
    const modelId = this.#modelIds[place]
    if (this.#leaseIds[place] !== leaseId || modelId === undefined) return undefined
    return { modelId, agentId: this.#agentIds[place], task: this.#tasks[place] }
  }

  /** The same, once it has ended, within so many milliseconds. */
  async ended(leaseId: number, withinMs: number): Promise<EndedCall | undefined> {
    const known = this.find(leaseId)
    if (known !== undefined) return known
    const waiters = this.#awaited.get(leaseId) ?? new Set()
    this.#awaited.set(leaseId, waiters)
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        waiters.delete(done)
        if (waiters.size === 0) this.#awaited.delete(leaseId)
        resolve()
      }
      const timer = setTimeout(done, withinMs)
      waiters.add(done)
    })
    return this.find(leaseId)
  }
}
