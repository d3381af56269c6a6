import { MEASURES, type Amounts } from './amounts.js'

/** Days and months of UTC. */
export type CalendarSpan = 'day' | 'month'

/** What was spent since the day, or the month, began. */
export class CalendarWindow {
  readonly #span: CalendarSpan
  readonly #spent = new Float64Array(MEASURES.length)
  /** Spent, and not yet taken to be stored. */
  readonly #unsaved = new Float64Array(MEASURES.length)
  #startsMs = 0
  #endsMs = 0

  constructor(span: CalendarSpan) {
    this.#span = span
  }

  /** What an earlier process has spent of a window that may be over. */
  restore(startsMs: number, amounts: Amounts, nowMs: number): void {
    this.#advance(nowMs)
    if (startsMs === this.#startsMs) amounts.forEach((amount, i) => this.#add(this.#spent, i, amount))
  }

  /** @returns when the window began that it is booked in, for a correction. */
  add(amounts: Amounts, nowMs: number): number {
    this.#advance(nowMs)
    amounts.forEach((amount, i) => {
      this.#add(this.#spent, i, amount)
      this.#add(this.#unsaved, i, amount)
    })
    return this.#startsMs
  }

  /** Changes what was booked, unless that window is over. */
  correct(startsMs: number, amounts: Amounts, nowMs: number): void {
    this.#advance(nowMs)
    if (startsMs === this.#startsMs) this.add(amounts, nowMs)
  }

  spent(measure: number, nowMs: number): number {
    this.#advance(nowMs)
    return Math.max(0, this.#spent[measure] as number)
  }

  msUntilReset(nowMs: number): number {
    this.#advance(nowMs)
    return this.#endsMs - nowMs
  }

  /** What was spent since the last time, and when its window began; `undefined` when nothing was. */
  takeUnsaved(): { readonly startsMs: number; readonly amounts: Amounts } | undefined {
    if (this.#unsaved.every((amount) => amount === 0)) return undefined
    const amounts = [...this.#unsaved] as unknown as Amounts
    this.#unsaved.fill(0)
    return { startsMs: this.#startsMs, amounts }
  }

  #add(to: Float64Array, measure: number, amount: number): void {
    to[measure] = (to[measure] as number) + amount
  }

  #advance(nowMs: number): void {
    if (nowMs < this.#endsMs) return
    const now = new Date(nowMs)
    const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()]
    const isDay = this.#span === 'day'
    this.#startsMs = Date.UTC(year, month, isDay ? day : 1)
    this.#endsMs = isDay ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1)
    this.#spent.fill(0)
    this.#unsaved.fill(0)
  }
}
