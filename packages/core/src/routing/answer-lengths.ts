/** Weight of the newest answer once there are many: about the last fifty count. */
const NEWEST_WEIGHT = 0.04
/** Kinds remembered; beyond it all are forgotten, and learned again within a few answers. */
const MOST_KINDS = 10_000
/** Tokens an answer is taken to have while nothing has been learned: a paragraph or two. */
const ASSUMED_TOKENS = 250

interface Length {
  answers: number
  tokens: number
}

/** How many tokens answers have, by kind of request: moving averages. O(1). */
export class AnswerLengths {
  readonly #kinds = new Map<string, Length>()
  readonly #all: Length = { answers: 0, tokens: ASSUMED_TOKENS }

  observe(kind: string | undefined, tokens: number): void {
    blend(this.#all, tokens)
    if (kind === undefined) return
    let length = this.#kinds.get(kind)
    if (length === undefined) {
      if (this.#kinds.size >= MOST_KINDS) this.#kinds.clear()
      length = { answers: 0, tokens: 0 }
      this.#kinds.set(kind, length)
    }
    blend(length, tokens)
  }

  /** Tokens to expect of the next answer; the average of all kinds for one that is not known. */
  expected(kind: string | undefined): number {
    const known = kind === undefined ? undefined : this.#kinds.get(kind)
    return (known ?? this.#all).tokens
  }
}

function blend(length: Length, tokens: number): void {
  length.answers++
  length.tokens += Math.max(NEWEST_WEIGHT, 1 / length.answers) * (tokens - length.tokens)
}
