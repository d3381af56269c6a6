import type { Attempt } from './attempt.js'
import type { AttemptEnding, Ending } from './ending.js'

/** What a race must hear of its attempts. */
export interface AttemptEvents {
  /** It is no longer silent. */
  began(): void
  /** From here on something of it goes out to the client. */
  speaks(): void
}

/** Makes an attempt under a lease that is held for it. */
type Start = (events: AttemptEvents) => Attempt

/** A slot held for a second attempt: used at once, or given back. */
export interface Claim {
  readonly start: Start
  giveBack(): void
}

interface RaceOptions {
  readonly first: Start
  /** Milliseconds without a first token after which a second attempt is made; `undefined` makes none. */
  readonly delayMs: number | undefined
  /** An attempt at another model that has a slot free at once, or nothing. */
  readonly second: () => Promise<Claim | undefined>
  /** The second attempt is the one that is heard. */
  readonly wonBySecond: () => void
}

/** How a race ended: with the attempt that was heard, else with the last one to fail. */
interface Finish {
  readonly attempt: Attempt
  readonly ending: AttemptEnding
}

/** The other attempt at the same request was heard first: nobody's fault. */
const LOST: Ending = { outcome: 'hedge_lost' }

/**
 * One attempt at a request and, when it does not say anything for too long, a second one beside it at another model.
 * Whichever speaks first is heard; the other is ended before a byte goes out, its connection first, then its lease.
 * Where one fails the other simply goes on. At most two attempts are made, each under a lease of its own.
 */
export class Race {
  readonly #options: RaceOptions
  readonly #live = new Set<Attempt>()
  #timer: NodeJS.Timeout | undefined
  #mayHedge = true
  #heard: Finish | undefined
  #finish: ((finish: Finish) => void) | undefined

  constructor(options: RaceOptions) {
    this.#options = options
  }

  /** Resolves when the last attempt has ended. */
  run(): Promise<Finish> {
    const { first, delayMs } = this.#options
    return new Promise((resolve) => {
      this.#finish = resolve
      if (delayMs !== undefined) this.#timer = setTimeout(() => void this.#hedge(), delayMs).unref()
      this.#start(first, () => undefined)
    })
  }

  /** Ends every attempt that still runs. */
  end(ending: Ending): void {
    this.#stayAlone()
    for (const attempt of [...this.#live]) attempt.end(ending)
  }

  async #hedge(): Promise<void> {
    const claim = await this.#options.second()
    if (claim === undefined) return
    // Whoever was silent may have spoken, or ended, while a slot was asked for.
    if (this.#mayHedge) this.#start(claim.start, this.#options.wonBySecond)
    else claim.giveBack()
  }

  #stayAlone(): void {
    this.#mayHedge = false
    clearTimeout(this.#timer)
  }

  #start(start: Start, won: () => void): void {
    const attempt = start({
      // Whatever begins is no stall.
      began: () => this.#stayAlone(),
      speaks: () => {
        won()
        for (const other of [...this.#live]) if (other !== attempt) other.end(LOST)
      },
    })
    this.#live.add(attempt)
    void attempt.run().then((ending) => this.#ended({ attempt, ending }))
  }

  #ended(finish: Finish): void {
    this.#live.delete(finish.attempt)
    if (finish.ending.isHeard) this.#heard = finish
    if (this.#live.size > 0) return
    this.#stayAlone()
    this.#finish?.(this.#heard ?? finish)
  }
}
