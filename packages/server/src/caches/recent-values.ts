interface Bounds {
  /** Of all values together. */
  readonly maxBytes: number
  /** From the moment a value was put in. */
  readonly ttlMs: number
  readonly clock: () => number
}

interface Kept<Value> {
  readonly value: Value
  readonly bytes: number
  readonly untilMs: number
}

/** What every entry costs besides its value: key, record, place in the map. */
const ENTRY_BYTES = 256

/**
 * Values that are worth keeping for a while: bounded by bytes and by age, those unused for longest go first. Every
 * operation is O(1), apart from the removals that a large value makes necessary.
 */
export class RecentValues<Value> {
  readonly #bounds: Bounds
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept<Value>>()
  #bytes = 0

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  get size(): number {
    return this.#kept.size
  }

  /** Of all that is kept, the cost of entries included; at most `maxBytes`. */
  get bytes(): number {
    return this.#bytes
  }

  get(key: string): Value | undefined {
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    this.#kept.delete(key)
    if (kept.untilMs <= this.#bounds.clock()) {
      this.#bytes -= kept.bytes
      return undefined
    }
    this.#kept.set(key, kept)
    return kept.value
  }

  /**
   * @param bytes - what the value takes; one that would not fit alone is not kept, and removes what was under its key.
   */
  put(key: string, value: Value, bytes: number): void {
    this.#remove(key)
    const { maxBytes, ttlMs, clock } = this.#bounds
    const cost = bytes + ENTRY_BYTES
    if (cost > maxBytes) return
    this.#kept.set(key, { value, bytes: cost, untilMs: clock() + ttlMs })
    this.#bytes += cost
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= maxBytes) return
      this.#remove(oldest)
    }
  }

  #remove(key: string): void {
    const kept = this.#kept.get(key)
    if (kept === undefined) return
    this.#kept.delete(key)
    this.#bytes -= kept.bytes
  }
}
