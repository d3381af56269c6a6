/** How a number is spread over the requests that had it; all but `count` are `null` when there were none. */
export interface Spread {
  readonly count: number
  readonly mean: number | null
  /** Exact values at the nearest rank. */
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number | null
}

const FIRST_SIZE = 1_024

/** Every value kept, eight bytes each, so that percentiles are exact. */
export class Samples {
  #values = new Float64Array(FIRST_SIZE)
  #count = 0

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Float64Array(2 * this.#count)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#count++] = value
  }

  /** In the order they came; a view that further values may leave behind. */
  values(): Float64Array {
    return this.#values.subarray(0, this.#count)
  }

  spread(): Spread {
    return spreadOf(this.values().slice())
  }
}

/** Of all values of several samples together. */
export function spreadOfAll(samples: readonly Samples[]): Spread {
  const parts = samples.map((some) => some.values())
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return spreadOf(all)
}

/** @param values - are sorted in place. */
function spreadOf(values: Float64Array): Spread {
  const count = values.length
  if (count === 0) return { count, mean: null, p50: null, p95: null, p99: null, max: null }
  values.sort()
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const rank = (share: number) => values[Math.max(0, Math.ceil(share * count) - 1)] as number
  return { count, mean, p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), max: rank(1) }
}
