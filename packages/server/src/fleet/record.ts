/** Ways a simulated server misbehaves on purpose; at most one per request. */
export const FAULT_KINDS = ['error', 'stall', 'cut', 'nonsense', 'slow', 'throttle', 'lapse'] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** What a model server knows of itself; counts since start or the last reset. */
export interface ModelServerStats {
  readonly id: string
  readonly maxConcurrent: number
  /** Requests held right now: arrived, and neither answered nor left by their client. */
  readonly active: number
  /** The greatest `active` ever seen; never above `maxConcurrent`. */
  readonly peakConcurrency: number
  /** Answered whole with 200, slow answers included. */
  readonly served: number
  /** Turned away with 503 because `maxConcurrent` requests were held. */
  readonly refused: number
  /** Ended by their client before the answer was whole. */
  readonly aborted: number
  /** Answered with another 4xx: the request itself was wrong. */
  readonly invalid: number
  readonly faults: Readonly<Record<FaultKind, number>>
  /** Sum over all requests of the milliseconds each was held; divide by time × `maxConcurrent` for utilisation. */
  readonly busyMs: number
}

/** The server's own book: who is inside, and what became of everyone. */
export class ServerRecord {
  readonly #id: string
  readonly #maxConcurrent: number
  #active = 0
  #peak = 0
  #counts = zeroCounts()
  #busyMs = 0
  #settledMs = performance.now()

  constructor(id: string, maxConcurrent: number) {
    this.#id = id
    this.#maxConcurrent = maxConcurrent
  }

  get active(): number {
    return this.#active
  }

  /** Takes a slot; false, and counted as refused, when none is free. */
  enter(): boolean {
    if (this.#active >= this.#maxConcurrent) {
      this.#counts.refused += 1
      return false
    }
    this.#settle()
    this.#active += 1
    this.#peak = Math.max(this.#peak, this.#active)
    return true
  }

  /** Gives a slot back. */
  leave(how: 'served' | 'aborted' | 'invalid' | 'faulty'): void {
    this.#settle()
    this.#active -= 1
    if (how !== 'faulty') this.#counts[how] += 1
  }

  /** Counts a fault; the slot is given back apart from that. */
  misbehaved(kind: FaultKind): void {
    this.#counts.faults[kind] += 1
  }

  /** Zeroes the counts; the peak starts again from the requests held now. */
  reset(): void {
    this.#settle()
    this.#busyMs = 0
    this.#peak = this.#active
    this.#counts = zeroCounts()
  }

  stats(): ModelServerStats {
    this.#settle()
    return {
      id: this.#id,
      maxConcurrent: this.#maxConcurrent,
      active: this.#active,
      peakConcurrency: this.#peak,
      ...this.#counts,
      faults: { ...this.#counts.faults },
      busyMs: this.#busyMs,
    }
  }

  #settle(): void {
    const nowMs = performance.now()
    this.#busyMs += (nowMs - this.#settledMs) * this.#active
    this.#settledMs = nowMs
  }
}

function zeroCounts() {
  return {
    served: 0,
    refused: 0,
    aborted: 0,
    invalid: 0,
    faults: { error: 0, stall: 0, cut: 0, nonsense: 0, slow: 0, throttle: 0, lapse: 0 },
  }
}
