import { bid, type BidTerms } from '../bid.js'
import { costUsd, type Expectation } from '../expectation.js'
import type { Policy } from './policy.js'

/**
 * Score less what the request costs, takes, and keeps from others. The price of a slot is charged by the share of the
 * model's slots that are in use: one that nobody uses costs nobody anything, so no price leaves a model idle.
 */
export function bidPolicy(terms: BidTerms, expectation: Expectation): Policy {
  return {
    name: 'bid',
    weigh(slate, nowMs) {
      const { size, choice, worth, serviceMs, costUsd: costs, slotPrice } = slate
      for (let i = 0; i < slate.count; i++) {
        const model = slate.model(i)
        const service = expectation.serviceMs(model, size, nowMs)
        const cost = costUsd(model, size)
        serviceMs[i] = service
        costs[i] = cost
        const price = model.slotPrice * model.usedShare
        slotPrice[i] = price
        worth[i] = bid(choice.scores[i] as number, cost, service, price, terms)
      }
    },
  }
}
