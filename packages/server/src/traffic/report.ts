import { FAILURE_KINDS, type FailureKind, type RequestResult } from './result.js'

/** Milliseconds over successful requests; `null` where there were none. Nearest rank, no interpolation. */
export interface LatencySummary {
  readonly count: number
  readonly mean: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number | null
}

interface ServedTally {
  readonly requests: number
  readonly succeeded: number
  readonly failed: number
}

/** What a load generator saw; every count is of requests that have ended, unless it says otherwise. */
export interface TrafficReport {
  /** Sent, ended or not. */
  readonly sent: number
  readonly succeeded: number
  readonly failed: number
  /** Clients that left mid-stream, as planned. */
  readonly left: number
  /** Cut short because the run was aborted. */
  readonly stopped: number
  /** Arrivals that were not sent because `maxInFlight` were under way; open loop only. */
  readonly skipped: number
  readonly failures: Readonly<Record<FailureKind, number>>
  /** By `x-loadstar-model`; answers without that header are not in it. */
  readonly byModel: Readonly<Record<string, ServedTally>>
  /** By class of status, `2xx` to `5xx`; `none` where no status came. */
  readonly byStatus: Readonly<Record<string, number>>
  /** Streams that were answered 2xx and not left by their client; `complete` had their `[DONE]`. */
  readonly streams: { readonly answered: number; readonly complete: number }
  readonly latencyMs: LatencySummary
  readonly firstPieceMs: LatencySummary
  readonly peakInFlight: number
  readonly elapsedMs: number
}

/** Latencies kept for percentiles; the latest ones win, so that a run without end has bounded memory. */
const KEPT_LATENCIES = 100_000

/** Adds up the results of one run. */
export class TrafficRecorder {
  readonly #startMs = performance.now()
  readonly #latencies = new Samples()
  readonly #firstPieces = new Samples()
  readonly #byModel = new Map<string, { requests: number; succeeded: number; failed: number }>()
  readonly #byStatus: Record<string, number> = {}
  readonly #failures: Record<FailureKind, number>
  readonly #ends = { succeeded: 0, failed: 0, left: 0, stopped: 0 }
  readonly #streams = { answered: 0, complete: 0 }
  #sent = 0
  #skipped = 0
  #inFlight = 0
  #peakInFlight = 0

  constructor() {
    this.#failures = Object.fromEntries(FAILURE_KINDS.map((kind) => [kind, 0])) as Record<FailureKind, number>
  }

  get inFlight(): number {
    return this.#inFlight
  }

  started(): void {
    this.#sent += 1
    this.#inFlight += 1
    this.#peakInFlight = Math.max(this.#peakInFlight, this.#inFlight)
  }

  skipped(): void {
    this.#skipped += 1
  }

  ended(result: RequestResult): void {
    const { end, status } = result
    this.#inFlight -= 1
    this.#ends[end.kind] += 1
    if (end.kind === 'failed') this.#failures[end.failure] += 1
    const statusClass = status === null ? 'none' : `${Math.floor(status / 100)}xx`
    this.#byStatus[statusClass] = (this.#byStatus[statusClass] ?? 0) + 1
    this.#countModel(result)
    if (result.isStream && statusClass === '2xx' && (end.kind === 'succeeded' || end.kind === 'failed')) {
      this.#streams.answered += 1
      if (result.isStreamComplete) this.#streams.complete += 1
    }
    if (end.kind === 'succeeded') {
      this.#latencies.add(result.latencyMs)
      if (result.firstPieceMs !== null) this.#firstPieces.add(result.firstPieceMs)
    }
  }

  report(): TrafficReport {
    return {
      sent: this.#sent,
      ...this.#ends,
      skipped: this.#skipped,
      failures: { ...this.#failures },
      byModel: Object.fromEntries([...this.#byModel].map(([id, tally]) => [id, { ...tally }])),
      byStatus: { ...this.#byStatus },
      streams: { ...this.#streams },
      latencyMs: this.#latencies.summary(),
      firstPieceMs: this.#firstPieces.summary(),
      peakInFlight: this.#peakInFlight,
      elapsedMs: performance.now() - this.#startMs,
    }
  }

  #countModel({ servedBy, end }: RequestResult): void {
    if (servedBy === null) return
    const tally = this.#byModel.get(servedBy) ?? { requests: 0, succeeded: 0, failed: 0 }
    tally.requests += 1
    if (end.kind === 'succeeded' || end.kind === 'failed') tally[end.kind] += 1
    this.#byModel.set(servedBy, tally)
  }
}

/** The latest `KEPT_LATENCIES` values. */
class Samples {
  readonly #values: number[] = []
  #next = 0

  add(value: number): void {
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % KEPT_LATENCIES
  }

  summary(): LatencySummary {
    return summarize(this.#values)
  }
}

/** Percentiles of any milliseconds, by nearest rank; O(n log n). */
export function summarize(valuesMs: readonly number[]): LatencySummary {
  const sorted = [...valuesMs].sort((a, b) => a - b)
  const at = (share: number): number | null => sorted[Math.ceil(share * sorted.length) - 1] ?? null
  const sum = sorted.reduce((total, value) => total + value, 0)
  return {
    count: sorted.length,
    mean: sorted.length === 0 ? null : sum / sorted.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: sorted.at(-1) ?? null,
  }
}
