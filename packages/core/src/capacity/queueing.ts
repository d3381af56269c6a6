/** A pool of equal slots, as a queueing formula sees it. */
export interface SlotPool {
  /** Requests per second, ≥ 0. */
  readonly arrivalsPerS: number
  /** Mean milliseconds that a request holds a slot, > 0. */
  readonly serviceMs: number
  /** Squared coefficients of variation (variance / mean²) of the times between arrivals and of service, ≥ 0; 1 is exponential. */
  readonly arrivalCv2: number
  readonly serviceCv2: number
}

/** Slots beyond which nothing is advised: an answer that large is a mistake in what was measured. */
const MOST_SLOTS = 100_000

/** Mean number of slots in use where nobody has to wait: Erlangs. */
export function offeredLoad({ arrivalsPerS, serviceMs }: SlotPool): number {
  return (arrivalsPerS * serviceMs) / 1_000
}

/**
 * Share of requests that find all slots in use and wait, where arrivals and service are exponential; 1 where the load
 * is not below the slots. O(slots). A. K. Erlang's second formula, by the stable recursion of his first.
 */
export function erlangC(slots: number, load: number): number {
  if (load >= slots) return 1
  let blocked = 1
  for (let n = 1; n <= slots; n++) blocked = (load * blocked) / (n + load * blocked)
  return blocked / (1 - (load / slots) * (1 - blocked))
}

/**
 * Mean milliseconds a request waits for one of `slots`; `Infinity` where the load is not below them. The M/M/c wait
 * times the mean of both squared coefficients of variation: exact for M/M/c, within some 15 % where a slot is in use
 * more than two thirds of the time, and too long rather than too short below. Allen, "Probability, Statistics, and
 * Queueing Theory", 1990, after Cunneen.
 */
export function expectedWaitMs(pool: SlotPool, slots: number): number {
  const load = offeredLoad(pool)
  if (load >= slots) return Infinity
  const variability = (pool.arrivalCv2 + pool.serviceCv2) / 2
  return (variability * erlangC(slots, load) * pool.serviceMs) / (slots - load)
}

/**
 * The fewest slots at which the expected wait is at most `targetMs` > 0, at least 1. The wait falls with every slot, so
 * they are tried in turn from the load on.
 */
export function slotsForWait(pool: SlotPool, targetMs: number): number {
  const load = offeredLoad(pool)
  let slots = Math.max(1, Math.floor(load) + 1)
  while (slots < MOST_SLOTS && expectedWaitMs(pool, slots) > targetMs) slots++
  return slots
}
