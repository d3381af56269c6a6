/** So many requests of an agent ended at a model. */
export interface Flow {
  /** `null` where the request named none. */
  readonly agent: string | null
  readonly model: string
  readonly requests: number
}

const WINDOW_MS = 60_000
const SLICE_MS = 5_000
/** Pairs told apart within a slice: what comes beyond is left out, so that memory stays bounded. */
const MOST_PAIRS = 10_000

interface Slice {
  readonly startMs: number
  readonly counts: Map<string | null, Map<string, number>>
  pairs: number
}

/** How many requests went from which agent to which model within the last minute, give or take five seconds. */
export class FlowMinute {
  #slices: Slice[] = []

  add(agent: string | null, model: string, nowMs: number): void {
    const slice = this.#current(nowMs)
    let ofAgent = slice.counts.get(agent)
    const count = ofAgent?.get(model)
    if (count === undefined && slice.pairs++ >= MOST_PAIRS) return
    if (ofAgent === undefined) slice.counts.set(agent, (ofAgent = new Map<string, number>()))
    ofAgent.set(model, (count ?? 0) + 1)
  }

  /** The largest, at most so many. */
  largest(most: number, nowMs: number): readonly Flow[] {
    const flows = new Map<string | null, Map<string, number>>()
    for (const { startMs, counts } of this.#slices) {
      if (startMs <= nowMs - WINDOW_MS) continue
      for (const [agent, models] of counts) {
        let sums = flows.get(agent)
        if (sums === undefined) flows.set(agent, (sums = new Map<string, number>()))
        for (const [model, requests] of models) sums.set(model, (sums.get(model) ?? 0) + requests)
      }
    }
    return [...flows]
      .flatMap(([agent, models]) => [...models].map(([model, requests]) => ({ agent, model, requests })))
      .sort((a, b) => b.requests - a.requests)
      .slice(0, most)
  }

  clear(): void {
    this.#slices = []
  }

  #current(nowMs: number): Slice {
    const latest = this.#slices.at(-1)
    if (latest !== undefined && nowMs < latest.startMs + SLICE_MS) return latest
    this.#slices = this.#slices.filter(({ startMs }) => startMs > nowMs - WINDOW_MS)
    const slice = { startMs: nowMs, counts: new Map<string | null, Map<string, number>>(), pairs: 0 }
    this.#slices.push(slice)
    return slice
  }
}
