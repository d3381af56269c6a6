/** Steps of one reckoning: enough to follow traffic, as each begins where the last one ended. */
const STEPS = 15
/** An excess counts at most this much, so that one burst does not throw prices off. */
const MOST_EXCESS = 0.5

/** What requests of late could choose between: request `r` has the pairs from `starts[r]` to before `starts[r + 1]`. */
export interface PriceProblem {
  /** Requests + 1 entries, ascending, the first 0. */
  readonly starts: Int32Array
  /** Of each pair: index of the model. */
  readonly models: Int32Array
  /** Of each pair: points, before anything that time costs. */
  readonly net: Float64Array
  /** Of each pair: seconds > 0. */
  readonly seconds: Float64Array
  /** Of each model: slots within target, ≥ 0. */
  readonly slots: Float64Array
  /** Seconds > 0 in which these requests came. */
  readonly spanSeconds: number
}

/**
 * Moves each model's price, in points per second of one slot, towards where the requests that prefer it at that price
 * take `target` of its slots: projected subgradient steps on the dual of serving all requests within the slots there are,
 * warm from the prices given. O(steps · pairs); changes `prices` in place.
 *
 * With the prices of the optimum nobody would rather be elsewhere (Bertsekas, "Linear Network Optimization", 1991,
 * ch. 1); as an online scheme: Balseiro, Lu, Mirrokni, "The best of many worlds: dual mirror descent for online
 * allocation problems", Operations Research 2023, doi:10.1287/opre.2021.2242.
 *
 * @param timeValue - points that a second costs the request itself.
 */
export function reckonPrices(
  problem: PriceProblem,
  prices: Float64Array,
  timeValue: number,
  target: number,
): void {
  const { slots, spanSeconds } = problem
  const chosen = new Float64Array(prices.length)
  const step = stepOf(problem, timeValue)
  for (let round = 0; round < STEPS; round++) {
    chosen.fill(0)
    choose(problem, prices, timeValue, chosen)
    for (let m = 0; m < prices.length; m++) {
      const room = (slots[m] as number) * spanSeconds
      const used = room > 0 ? (chosen[m] as number) / room : 0
      const excess = Math.max(-MOST_EXCESS, Math.min(MOST_EXCESS, used - target))
      prices[m] = Math.max(0, (prices[m] as number) + step * excess)
    }
  }
}

/** Adds the seconds of each request to the model it would choose; the earlier pair of equals. */
function choose(
  { starts, models, net, seconds }: PriceProblem,
  prices: Float64Array,
  timeValue: number,
  chosen: Float64Array,
): void {
  for (let r = 0; r + 1 < starts.length; r++) {
    let best = -1
    let bestBid = -Infinity
    for (let p = starts[r] as number; p < (starts[r + 1] as number); p++) {
      const perSecond = timeValue + (prices[models[p] as number] as number)
      const bid = (net[p] as number) - perSecond * (seconds[p] as number)
      if (bid <= bestBid) continue
      best = p
      bestBid = bid
    }
    if (best < 0) continue
    const model = models[best] as number
    chosen[model] = (chosen[model] as number) + (seconds[best] as number)
  }
}

/** A fifteenth of what requests have to choose between, in points per second of service. */
function stepOf({ starts, net, seconds }: PriceProblem, timeValue: number): number {
  let spread = 0
  let service = 0
  for (let r = 0; r + 1 < starts.length; r++) {
    const from = starts[r] as number
    const to = starts[r + 1] as number
    let least = Infinity
    let most = -Infinity
    for (let p = from; p < to; p++) {
      const bid = (net[p] as number) - timeValue * (seconds[p] as number)
      least = Math.min(least, bid)
      most = Math.max(most, bid)
      service += (seconds[p] as number) / (to - from)
    }
    if (to > from) spread += most - least
  }
  return service > 0 ? spread / service / STEPS : 0
}
