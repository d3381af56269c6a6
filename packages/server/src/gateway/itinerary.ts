import type { Candidate } from '@loadstar/core'

/** Candidates of one request, and who stands in for them, each alone, in order. */
interface Stops {
  readonly candidates: readonly Candidate[]
  readonly fallbacks: () => readonly (readonly Candidate[])[]
}

/**
 * Which models one request has been to, and which it may still go to: untried candidates, by the router's choice, then
 * the configured fallbacks one after the other, then once more one that only hung up.
 */
export class Itinerary {
  readonly #stops: Stops
  readonly #tried = new Set<string>()
  #hasRepeated = false

  constructor(stops: Stops) {
    this.#stops = stops
  }

  /** Ids of the models it has been to, or was turned away from. */
  get tried(): readonly string[] {
    return [...this.#tried]
  }

  note(modelId: string): void {
    this.#tried.add(modelId)
  }

  /** What the pairing with one it may go to, or has been to, is worth before load, 0..100; 0 for all others. */
  scoreOf(modelId: string): number {
    const { candidates, fallbacks } = this.#stops
    const isIt = (candidate: Candidate): boolean => candidate.modelId === modelId
    return (candidates.find(isIt) ?? fallbacks().flat().find(isIt))?.score ?? 0
  }

  /** Candidates it has not been to. */
  untried(): readonly Candidate[] {
    return this.#stops.candidates.filter((candidate) => this.#isNew(candidate))
  }

  /** @param again - a model that may be asked a second time when nobody else is left. */
  next(again: string | undefined): readonly Candidate[] {
    const untried = this.untried()
    if (untried.length > 0) return untried
    const fallbacks = this.#stops.fallbacks()
    // The very same list each time: the router knows lists by identity.
    const next = fallbacks.find((list) => list.every((candidate) => this.#isNew(candidate)))
    if (next !== undefined || again === undefined || this.#hasRepeated) return next ?? []
    this.#hasRepeated = true
    return [...this.#stops.candidates, ...fallbacks.flat()].filter(({ modelId }) => modelId === again)
  }

  #isNew({ modelId }: Candidate): boolean {
    return !this.#tried.has(modelId)
  }
}
