import { seededRandom } from '../../src/random.js'
import { bid } from '../../src/routing/bid.js'
import type { NaiveFleet } from './naive-fleet.js'
import type { NaiveModel, NaivePair, NaiveRequest } from './naive-records.js'

/** Which of the models that have a slot for a request is given it. */
export class NaivePolicy {
  private readonly random: () => number

  constructor(private readonly fleet: NaiveFleet) {
    this.random = seededRandom(fleet.options.seed, 2)
  }

  /** @param free - in the order of the candidates. */
  choose(asked: NaiveRequest, free: readonly NaivePair[]): NaivePair | undefined {
    const open = this.drawn(free)
    const best = Math.max(...open.map((pair) => this.worth(asked, pair)))
    const tied = open.filter((pair) => this.worth(asked, pair) === best)
    return tied.sort((a, b) => a.model.lastAcquire - b.model.lastAcquire)[0]
  }

  worth(asked: NaiveRequest, { model, score }: NaivePair): number {
    const { policy, bid: terms } = this.fleet.options
    switch (policy) {
      case 'bid': {
        const costUsd = this.fleet.costUsd(model, asked)
        const slotPrice = this.fleet.chargedPrice(model)
        return bid(score, costUsd, this.fleet.serviceMs(model, asked), slotPrice, terms)
      }
      case 'weighted_load':
        return score * this.loadFactor(model)
      case 'least_utilization':
      case 'power_of_two':
        return -this.utilization(model)
      case 'round_robin':
        return -model.lastAcquire
      case 'random':
        return 0
    }
  }

  /** Those that chance leaves. */
  private drawn(free: readonly NaivePair[]): NaivePair[] {
    const { policy } = this.fleet.options
    const draw = (count: number) => Math.floor(this.random() * count)
    if (policy === 'random' && free.length > 1) {
      const one = draw(free.length)
      return free.filter((_, index) => index === one)
    }
    if (policy === 'power_of_two' && free.length > 2) {
      const one = draw(free.length)
      const other = draw(free.length - 1)
      return free.filter((_, index) => index === one || index === (other >= one ? other + 1 : other))
    }
    return [...free]
  }

  private utilization(model: NaiveModel): number {
    if (this.fleet.isStale(model) || model.maxConcurrent === 0) return 1
    return Math.min(1, this.fleet.inUse(model) / model.maxConcurrent)
  }

  private loadFactor(model: NaiveModel): number {
    const { loadWeight } = this.fleet.options
    if (model.maxConcurrent === 0) return 0
    if (this.fleet.isStale(model)) return (1 - loadWeight) * 0.8
    const factor = 1 - loadWeight * this.utilization(model)
    const utilization = (this.fleet.inUse(model) + 1) / model.maxConcurrent
    return utilization > model.targetUtilization + 1e-9 ? factor * 0.8 : factor
  }
}
