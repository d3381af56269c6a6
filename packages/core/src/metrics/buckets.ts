/** Greatest relative distance between a value and the middle of its bucket. */
const RELATIVE_ERROR = 0.01
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
const PER_LOG = 1 / Math.log(GROWTH)
/** Milliseconds; what is shorter is counted as this long. */
const LOWEST_MS = 0.01
/** Milliseconds, about 2.8 hours; what is longer is counted as this long. */
const HIGHEST_MS = 1e7
const OFFSET = Math.log(LOWEST_MS) * PER_LOG

export const BUCKET_COUNT = Math.ceil(Math.log(HIGHEST_MS / LOWEST_MS) * PER_LOG) + 1

/** The bucket of a sketch that a value falls in: bucket `i` spans `(LOWEST · GROWTH^(i−1), LOWEST · GROWTH^i]`. */
export function bucketOf(valueMs: number): number {
  if (valueMs <= LOWEST_MS) return 0
  return Math.min(BUCKET_COUNT - 1, Math.ceil(Math.log(valueMs) * PER_LOG - OFFSET))
}

/** The value that stands for a bucket: within 1 % of all it spans. */
export function middleOf(bucket: number): number {
  return (LOWEST_MS * GROWTH ** bucket * 2) / (1 + GROWTH)
}
