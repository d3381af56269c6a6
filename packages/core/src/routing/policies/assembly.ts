import { seededRandom } from '../../random.js'
import type { BidTerms } from '../bid.js'
import type { Expectation } from '../expectation.js'
import type { PolicyName } from '../options.js'
import { bidPolicy } from './bid-policy.js'
import { randomChoice, ROUND_ROBIN } from './blind.js'
import type { Policy } from './policy.js'
import { LEAST_UTILIZATION, powerOfTwo } from './utilization.js'
import { weightedLoad } from './weighted-load.js'

/** Of the seed's streams, the one that policies draw from. */
const POLICY_STREAM = 2

interface Parts {
  readonly bid: BidTerms
  readonly loadWeight: number
  readonly seed: number
  readonly expectation: Expectation
}

export function policyNamed(name: PolicyName, { bid, loadWeight, seed, expectation }: Parts): Policy {
  switch (name) {
    case 'bid':
      return bidPolicy(bid, expectation)
    case 'weighted_load':
      return weightedLoad(loadWeight)
    case 'least_utilization':
      return LEAST_UTILIZATION
    case 'power_of_two':
      return powerOfTwo(seededRandom(seed, POLICY_STREAM))
    case 'round_robin':
      return ROUND_ROBIN
    case 'random':
      return randomChoice(seededRandom(seed, POLICY_STREAM))
  }
}
