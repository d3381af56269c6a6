/** Upper bounds, as the semantic conventions of OpenTelemetry say for numbers of tokens: powers of four. */
const TOKEN_BOUNDS: readonly number[] = Array.from({ length: 14 }, (_, i) => 4 ** i)

/** The greatest bound; above it bits would be lost. */
const MOST = 4 ** 13

/** How many tokens calls had, since the start. */
export class TokenHistogram {
  /** Calls by group, not accumulated. */
  readonly counts = new Float64Array(TOKEN_BOUNDS.length + 1)
  #sum = 0

  get bounds(): readonly number[] {
    return TOKEN_BOUNDS
  }

  get sum(): number {
    return this.#sum
  }

  /** @param tokens - an integer ≥ 0. */
  add(tokens: number): void {
    this.#sum += tokens
    // The least i with tokens ≤ 4^i.
    const group = tokens <= 1 ? 0 : tokens > MOST ? TOKEN_BOUNDS.length : (33 - Math.clz32(tokens - 1)) >> 1
    this.counts[group] = (this.counts[group] ?? 0) + 1
  }
}
