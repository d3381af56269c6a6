import type { BudgetConfig } from '../config/config.js'
import type { Allowance, Breach, Measure, Window } from '../gateway/charge.js'
import { MEASURES, type Amounts } from './amounts.js'
import { CalendarWindow, type CalendarSpan } from './calendar-window.js'
import { SlidingMinute } from './sliding-minute.js'

/** When an amount was booked, by window. */
export type Booking = readonly number[]

/** One limit as it stands. */
export interface LimitView extends Allowance {
  readonly window: Window
  readonly measure: Measure
  readonly used: number
}

interface Counted {
  readonly window: Window
  readonly counts: SlidingMinute | CalendarWindow
  /** By measure; `Infinity` where there is none. */
  readonly limits: readonly number[]
}

/** Windows that are stored. */
export interface SpentRow {
  readonly payer: string
  readonly window: CalendarSpan
  /** Unix milliseconds. */
  readonly startsMs: number
  readonly amounts: Amounts
}

/** Sums of floating point must not turn away who spends the very last of a budget. */
const ROUNDING = 1e-9
/** Tokens of an answer before any has told. */
const FIRST_ANSWER_TOKENS = 500
/** Weight of the latest answer in what is learned. */
const LEARNING = 0.1

/** What one payer has spent, window by window. */
export class Account {
  readonly payer: string
  readonly #counted: readonly Counted[]
  #answerTokens = FIRST_ANSWER_TOKENS
  #usdPerToken: number | undefined

  constructor({ payer, limits }: BudgetConfig) {
    this.payer = payer
    this.#counted = limits.map(({ window, limits: given }) => ({
      window,
      counts: window === 'minute' ? new SlidingMinute() : new CalendarWindow(window),
      limits: MEASURES.map((measure) => given[measure] ?? Infinity),
    }))
  }

  /** Tokens that an answer to this payer has by experience. */
  get answerTokens(): number {
    return this.#answerTokens
  }

  /** US dollars of a token by experience; `undefined` before any answer. */
  get usdPerToken(): number | undefined {
    return this.#usdPerToken
  }

  learn(answerTokens: number, usdPerToken: number): void {
    this.#answerTokens += LEARNING * (answerTokens - this.#answerTokens)
    const known = this.#usdPerToken ?? usdPerToken
    this.#usdPerToken = known + LEARNING * (usdPerToken - known)
  }

  /** The first limit that the amounts would break; nothing is booked. */
  breach(amounts: Amounts, nowMs: number): Omit<Breach, 'standing'> | undefined {
    for (const { window, counts, limits } of this.#counted) {
      for (const [i, limit] of limits.entries()) {
        const needed = amounts[i] as number
        const excess = counts.spent(i, nowMs) + needed - limit
        if (excess <= limit * ROUNDING) continue
        const measure = MEASURES[i] as Measure
        const retryAfterMs = needed > limit ? null : msUntil(counts, i, excess, nowMs)
        return { payer: this.payer, window, measure, limit, needed, retryAfterMs }
      }
    }
    return undefined
  }

  book(amounts: Amounts, nowMs: number): Booking {
    return this.#counted.map(({ counts }) => counts.add(amounts, nowMs))
  }

  /** Adds to what was booked; amounts may be negative. */
  correct(booking: Booking, amounts: Amounts, nowMs: number): void {
    this.#counted.forEach(({ counts }, i) => counts.correct(booking[i] as number, amounts, nowMs))
  }

  /** Every limit as it stands. */
  read(nowMs: number): readonly LimitView[] {
    return this.#counted.flatMap(({ window, counts, limits }) =>
      limits.flatMap((limit, i) => {
        if (limit === Infinity) return []
        const used = counts.spent(i, nowMs)
        const remaining = Math.max(0, limit - used)
        const resetMs = msUntil(counts, i, used, nowMs)
        return [{ window, measure: MEASURES[i] as Measure, limit, used, remaining, resetMs }]
      }),
    )
  }

  restore({ window, startsMs, amounts }: SpentRow, nowMs: number): void {
    for (const { window: own, counts } of this.#counted)
      if (own === window && counts instanceof CalendarWindow) counts.restore(startsMs, amounts, nowMs)
  }

  takeUnsaved(): SpentRow[] {
    return this.#counted.flatMap(({ window, counts }) => {
      if (window === 'minute' || !(counts instanceof CalendarWindow)) return []
      const spent = counts.takeUnsaved()
      return spent === undefined ? [] : [{ payer: this.payer, window, ...spent }]
    })
  }
}

function msUntil(
  counts: SlidingMinute | CalendarWindow,
  measure: number,
  amount: number,
  nowMs: number,
): number {
  if (counts instanceof SlidingMinute) return counts.msUntilFreed(measure, amount, nowMs)
  return counts.msUntilReset(nowMs)
}
