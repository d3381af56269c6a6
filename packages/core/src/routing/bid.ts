/** Milliseconds a request is held back at most for the sake of a better model. */
const MOST_PATIENCE_MS = 60_000
/** Share of the rate at which models serve that a queue is assumed to shrink by at least. */
const LEAST_DRAIN = 0.1

export interface BidTerms {
  /** Points per second. */
  readonly timeValue: number
  /** Points per US dollar. */
  readonly costWeight: number
}

/** What a request gains by a model, in points: `score − costWeight × cost − (timeValue + slotPrice) × service`. */
export function bid(
  score: number,
  costUsd: number,
  serviceMs: number,
  slotPrice: number,
  { timeValue, costWeight }: BidTerms,
): number {
  return score - costWeight * costUsd - (timeValue + slotPrice) * (serviceMs / 1_000)
}

/**
 * Milliseconds within which a queue is expected to be gone, at the rate its models serve less the rate at which more comes:
 * as long as that it may pay to wait for a better model.
 *
 * @param waiting - requests.
 * @param servedPerMs - what the models can serve.
 * @param arrivingPerMs - what came of late.
 */
export function patienceMs(waiting: number, servedPerMs: number, arrivingPerMs: number): number {
  if (waiting === 0) return 0
  return Math.min(
    MOST_PATIENCE_MS,
    waiting / Math.max(servedPerMs - arrivingPerMs, LEAST_DRAIN * servedPerMs),
  )
}
