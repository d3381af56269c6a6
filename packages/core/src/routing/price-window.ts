import type { TrackedModel } from '../load/tracked.js'
import type { LoadTracker } from '../load/tracker.js'
import { costUsd, type Expectation } from './expectation.js'
import type { Choice, Choices } from './choice.js'
import type { Size } from './line.js'
import type { BidRules } from './options.js'
import { type PriceProblem, reckonPrices } from './slot-prices.js'

/** Requests that must have come before prices mean something, or the whole window if that is fewer. */
const LEAST_REQUESTS = 100
/** Pairs of request and model that one reckoning looks at: keeps it to a few milliseconds however many models there are. */
const MOST_PAIRS = 60_000

interface Past {
  choice: Choice
  size: Size
  atMs: number
}

/** What a second of each model's slots is worth, reckoned now and then from the requests of late. */
export class PriceWindow {
  /** When prices are to be reckoned; `Infinity` while nothing has come since. */
  dueMs = Infinity
  readonly #rules: BidRules
  readonly #tracker: LoadTracker
  readonly #choices: Choices
  readonly #expectation: Expectation
  /** A ring of the latest requests. */
  readonly #past: Past[] = []
  #count = 0

  constructor(rules: BidRules, tracker: LoadTracker, choices: Choices, expectation: Expectation) {
    this.#rules = rules
    this.#tracker = tracker
    this.#choices = choices
    this.#expectation = expectation
  }

  /** A request came and was let in. O(1). */
  note(choice: Choice, size: Size, nowMs: number): void {
    if (this.dueMs === Infinity) this.dueMs = nowMs + this.#rules.repriceMs
    const place = this.#count++ % this.#rules.priceWindow
    const past = this.#past[place]
    if (past === undefined) this.#past.push({ choice, size, atMs: nowMs })
    else {
      past.choice = choice
      past.size = size
      past.atMs = nowMs
    }
  }

  /** Begins with what an assignment found, in points per request. */
  seed(prices: ReadonlyMap<string, number>): void {
    for (const [modelId, points] of prices) {
      const model = this.#tracker.find(modelId)
      if (model !== undefined) model.slotPrice = points / (this.#expectation.meanMs(model) / 1_000)
    }
  }

  /** Moves prices to where the requests of late would leave room. @returns whether there were enough of them. */
  reckon(nowMs: number): boolean {
    this.dueMs = Infinity
    if (this.#past.length < Math.min(LEAST_REQUESTS, this.#rules.priceWindow)) return false
    const models = [...this.#tracker.models()]
    const problem = this.#problem(models, nowMs)
    const prices = Float64Array.from(models, ({ slotPrice }) => slotPrice)
    reckonPrices(problem, prices, this.#rules.timeValue, this.#rules.priceTarget)
    models.forEach((model, i) => (model.slotPrice = prices[i] as number))
    return true
  }

  #problem(models: readonly TrackedModel[], nowMs: number): PriceProblem {
    const rows = this.#latest()
    const indexOf = new Map(models.map((model, i) => [model, i]))
    const starts = new Int32Array(rows.length + 1)
    const columns: number[] = []
    const net: number[] = []
    const seconds: number[] = []
    rows.forEach(({ choice: { candidates }, size }, r) => {
      const choice = this.#choices.of(candidates)
      choice.models.forEach((model, i) => {
        const column = indexOf.get(model)
        if (column === undefined || model.maxConcurrent === 0) return
        columns.push(column)
        net.push((choice.scores[i] as number) - this.#rules.costWeight * costUsd(model, size))
        seconds.push(this.#expectation.slotSeconds(model, size))
      })
      starts[r + 1] = columns.length
    })
    return {
      starts,
      models: Int32Array.from(columns),
      net: Float64Array.from(net),
      seconds: Float64Array.from(seconds),
      slots: Float64Array.from(models, ({ capSlots }) => capSlots),
      spanSeconds: Math.max(1, nowMs - (rows[0]?.atMs ?? nowMs)) / 1_000,
    }
  }

  /** The latest requests in order of arrival, as many as may be looked at. */
  #latest(): readonly Past[] {
    const { length } = this.#past
    const rows: Past[] = []
    let pairs = 0
    for (let back = 1; back <= length; back++) {
      const past = this.#past[(this.#count - back) % length] as Past
      pairs += past.choice.models.length
      if (pairs > MOST_PAIRS) break
      rows.push(past)
    }
    return rows.reverse()
  }
}
