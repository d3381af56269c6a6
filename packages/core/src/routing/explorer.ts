import { drawNormal, seededRandom, type RandomSource } from '../random.js'
import { NONE } from './pick.js'
import type { Slate } from './slate.js'

/** Of the seed's streams, the one that exploration draws from. */
const EXPLORATION_STREAM = 4

/**
 * Sends a share of the requests where there is most to learn: each candidate's score is drawn from what it may truly be, and
 * the greatest draw wins, so that one that is surely worse is seldom tried and one that nobody knows often.
 *
 * Only slots that are free within target are used for it, of models whose load is known and which are well.
 *
 * Thompson, "On the likelihood that one unknown probability exceeds another", Biometrika 1933, doi:10.2307/2332286, on
 * normal approximations.
 */
export class Explorer {
  readonly #share: number
  readonly #random: RandomSource

  /** @param share - of the requests that come while nobody waits before them, 0..1. */
  constructor(share: number, seed: number) {
    this.#share = share
    this.#random = seededRandom(seed, EXPLORATION_STREAM)
  }

  /** @returns the candidate to try; `NONE` where it is not this request's turn, or nothing is uncertain. */
  pick(slate: Slate, nowMs: number): number {
    if (this.#share === 0 || slate.inPanic || this.#random() >= this.#share) return NONE
    const { choice, free } = slate
    let best = NONE
    let bestDraw = -Infinity
    let isAnyUncertain = false
    for (let i = 0; i < slate.count; i++) {
      const model = slate.model(i)
      if ((free[i] as number) <= 0 || model.freeWithinTarget <= 0 || model.isStale(nowMs)) continue
      const spread = choice.spreads[i] as number
      if (spread > 0) isAnyUncertain = true
      const draw = (choice.scores[i] as number) + spread * drawNormal(this.#random)
      if (draw <= bestDraw) continue
      best = i
      bestDraw = draw
    }
    return isAnyUncertain ? best : NONE
  }
}
