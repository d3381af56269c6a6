import { type PriceProblem, reckonPrices } from '../../src/routing/slot-prices.js'
import type { NaiveFleet } from './naive-fleet.js'
import type { NaiveRequest } from './naive-records.js'

/** Of the policy `bid`: what a second of a slot is worth to those who came of late. */
export class NaivePrices {
  dueMs = Infinity
  private came: { asked: NaiveRequest; atMs: number }[] = []

  constructor(private readonly fleet: NaiveFleet) {}

  /** A request came, and was not turned away. */
  join(asked: NaiveRequest): void {
    const { policy, bid } = this.fleet.options
    if (policy !== 'bid') return
    this.came = [...this.came, { asked, atMs: this.fleet.now }].slice(-bid.priceWindow)
    if (this.dueMs === Infinity) this.dueMs = this.fleet.now + bid.repriceMs
  }

  wake(): void {
    if (this.fleet.now < this.dueMs) return
    this.dueMs = Infinity
    const { priceWindow, timeValue, priceTarget } = this.fleet.options.bid
    if (this.came.length < Math.min(100, priceWindow)) return
    const models = this.fleet.models.filter(({ isThere }) => isThere)
    const prices = new Float64Array(models.map(({ slotPrice }) => slotPrice))
    reckonPrices(this.problem(), prices, timeValue, priceTarget)
    models.forEach((model, index) => (model.slotPrice = prices[index] ?? NaN))
  }

  seed(points: ReadonlyMap<string, number>): void {
    if (this.fleet.options.policy !== 'bid') return
    for (const [id, perRequest] of points) {
      const model = this.fleet.model(id)
      if (model !== undefined) model.slotPrice = perRequest / (this.fleet.meanMs(model) / 1_000)
    }
  }

  private problem(): PriceProblem {
    const { fleet } = this
    const models = fleet.models.filter(({ isThere }) => isThere)
    const rows = this.came.map(({ asked }) =>
      fleet.withCapacity(asked).map(({ model, score }) => {
        const serviceMs = model.service.expectedMs(asked.outputTokens) ?? fleet.meanMs(model)
        const net = score - fleet.options.bid.costWeight * fleet.costUsd(model, asked)
        return { index: models.indexOf(model), net, seconds: Math.max(0.001, serviceMs / 1_000) }
      }),
    )
    const pairs = rows.flat()
    const starts = [0]
    for (const row of rows) starts.push((starts.at(-1) ?? 0) + row.length)
    return {
      starts: new Int32Array(starts),
      models: new Int32Array(pairs.map(({ index }) => index)),
      net: new Float64Array(pairs.map(({ net }) => net)),
      seconds: new Float64Array(pairs.map(({ seconds }) => seconds)),
      slots: new Float64Array(models.map((model) => fleet.slotsWithinTarget(model))),
      spanSeconds: Math.max(1, fleet.now - (this.came[0]?.atMs ?? 0)) / 1_000,
    }
  }
}
