import type { Router, RouteRequest } from '@loadstar/core'
import { filledRouter, requestsFor, type Setting } from './fill.js'

interface Figures {
  /** Nanoseconds of one submit and one settle, over batches of pairs. */
  readonly medianNs: number
  readonly p99Ns: number
  readonly batches: number
  readonly pairsPerBatch: number
}

/** About this long is a batch, many times what the timer resolves. */
const BATCH_NS = 50_000
const WARM_UP_NS = 300e6

/** One setting, warmed up, that can be measured in rounds: settings take turns, so that noise hits all alike. */
export class Subject {
  readonly #samples: number[] = []
  readonly #requests: readonly RouteRequest[]
  readonly #router: Router
  readonly #leases: number[]
  readonly #pairs: number
  #turn = 0
  #nowMs = 1

  constructor(readonly setting: Setting) {
    this.#requests = requestsFor(setting)
    const { router, leases } = filledRouter(setting)
    this.#router = router
    this.#leases = leases
    let pairs = 0
    const start = process.hrtime.bigint()
    while (Number(process.hrtime.bigint() - start) < WARM_UP_NS) {
      this.#play(100)
      pairs += 100
    }
    this.#pairs = Math.max(1, Math.round((pairs / WARM_UP_NS) * BATCH_NS))
  }

  measure(batches: number): void {
    for (let i = 0; i < batches; i++) {
      const start = process.hrtime.bigint()
      this.#play(this.#pairs)
      this.#samples.push(Number(process.hrtime.bigint() - start) / this.#pairs)
    }
  }

  figures(): Figures {
    const sorted = [...this.#samples].sort((a, b) => a - b)
    const quantile = (q: number) => sorted[Math.ceil(q * sorted.length) - 1] ?? NaN
    return {
      medianNs: Math.round(quantile(0.5)),
      p99Ns: Math.round(quantile(0.99)),
      batches: sorted.length,
      pairsPerBatch: this.#pairs,
    }
  }

  /**
   * Each pair submits one request and settles the oldest lease, so that load stays as it was filled. Where requests
   * wait, the new one joins the queue and the settle hands its slot to the first in it.
   */
  #play(pairs: number): void {
    for (let i = 0; i < pairs; i++) {
      const request = this.#requests[this.#turn % this.#requests.length] as RouteRequest
      const submission = this.#router.submit(request, this.#nowMs)
      if (submission.kind === 'rejected') throw new Error(`rejected: ${submission.outcome}`)
      const slot = this.#turn % this.#leases.length
      const settlement = this.#router.settle(this.#leases[slot] as number, 'completed', this.#nowMs)
      const next = submission.kind === 'admitted' ? submission.lease : settlement.admitted[0]?.lease
      if (!settlement.settled || next === undefined) throw new Error('a lease was lost')
      this.#leases[slot] = next.id
      this.#turn++
      this.#nowMs += 0.01
    }
  }
}
