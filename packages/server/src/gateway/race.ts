import type { Attempt, AttemptEvents } from './attempt.js'
import type { AttemptEnding, Ending } from './ending.js'

/** Makes an attempt under a lease that is held for it; the caller starts it. */
type Make = (events: AttemptEvents) => Attempt

/** A slot held for a second attempt: used at once, or given back. */
export interface Claim {
  readonly make: Make
  giveBack(): void
}

interface RaceOptions {
  readonly first: Make
  /** Milliseconds without a first token after which a second attempt is made. */
  readonly delayMs: number
  /** An attempt at another model that has a slot free at once, or nothing. */
  readonly second: () => Promise<Claim | undefined>
  /** The second attempt is the one that is heard. */
  readonly wonBySecond: () => void
  /** Once, when the last attempt has ended: with the one that was heard, else with the last one to fail. */
  readonly ended: (attempt: Attempt, ending: AttemptEnding) => void
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
  #heard: readonly [Attempt, AttemptEnding] | undefined

  constructor(options: RaceOptions) {
    this.#options = options
  }

  start(): void {
    const { first, delayMs } = this.#options
    this.#timer = setTimeout(() => void this.#hedge(), delayMs).unref()
    this.#start(first, () => undefined)
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
    if (this.#mayHedge) this.#start(claim.make, this.#options.wonBySecond)
    else claim.giveBack()
  }

  #stayAlone(): void {
    this.#mayHedge = false
    clearTimeout(this.#timer)
  }

  #start(make: Make, won: () => void): void {
    const attempt = make({
      // Whatever begins is no stall.
      began: () => this.#stayAlone(),
      speaks: () => {
        won()
        for (const other of [...this.#live]) if (other !== attempt) other.end(LOST)
      },
      ended: (ended, ending) => this.#ended(ended, ending),
    })
    this.#live.add(attempt)
    attempt.start()
  }

  #ended(attempt: Attempt, ending: AttemptEnding): void {
    this.#live.delete(attempt)
    if (ending.isHeard) this.#heard = [attempt, ending]
    if (this.#live.size > 0) return
    this.#stayAlone()
    this.#options.ended(...(this.#heard ?? [attempt, ending]))
  }
}
