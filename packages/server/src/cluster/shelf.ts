import type { Candidate } from '@loadstar/core'

/** Lists kept at most: those in use are a few per agent and model. */
const MOST_KEPT = 4_096

/** One array for every list of candidates, whichever worker sent it: the router knows lists by identity. */
export class Shelf {
  readonly #lists = new Map<string, readonly Candidate[]>()

  /** The array that stands for all that are equal to this one. */
  of(candidates: readonly Candidate[]): readonly Candidate[] {
    const key = JSON.stringify(candidates)
    const kept = this.#lists.get(key)
    if (kept !== undefined) return kept
    if (this.#lists.size >= MOST_KEPT) this.#lists.clear()
    this.#lists.set(key, candidates)
    return candidates
  }

  /** The catalog or the scores have changed: few of its lists will come again. */
  clear(): void {
    this.#lists.clear()
  }
}
