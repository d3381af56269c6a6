import type { BudgetConfig } from '../config/config.js'
import type { Allowance, Breach, Charge, Standing } from '../gateway/charge.js'
import type { AttemptRecord } from '../gateway/record.js'
import { Account, type Booking, type LimitView, type SpentRow } from './account.js'
import type { Amounts } from './amounts.js'

interface Reservation {
  readonly owner: string
  readonly inputTokens: number
  readonly amounts: Amounts
  readonly bookings: readonly (readonly [Account, Booking])[]
}

interface BookOptions {
  readonly budgets: readonly BudgetConfig[]
  /** US dollars that a token costs at most, where no answer has told yet. */
  readonly dearestUsdPerToken: () => number
}

/** A payer and how its limits stand. */
export interface AccountView {
  readonly payer: string
  readonly limits: readonly LimitView[]
}

/**
 * Who may spend how much, and has. A request is booked with what it may need before it is let in, and corrected to what it
 * did need when it has ended; where nobody can tell, because its process died, the booking stands.
 */
export class BudgetBook {
  readonly #accounts: ReadonlyMap<string, Account>
  readonly #reservations = new Map<string, Reservation>()
  readonly #dearestUsdPerToken: () => number

  constructor({ budgets, dearestUsdPerToken }: BookOptions) {
    this.#accounts = new Map(budgets.map((budget) => [budget.payer, new Account(budget)]))
    this.#dearestUsdPerToken = dearestUsdPerToken
  }

  /** Books the request with all its payers, or with none. @param owner - of the process it runs in. */
  reserve(charge: Charge, owner: string, nowMs: number): { breach: Breach } | { standing: Standing } {
    const accounts = charge.payers.flatMap((payer) => this.#accounts.get(payer) ?? [])
    const amounts = this.#amountsOf(charge, accounts)
    for (const account of accounts) {
      const breach = account.breach(amounts, nowMs)
      if (breach) return { breach: { ...breach, standing: standingOf(accounts, nowMs) } }
    }
    const bookings = accounts.map((account) => [account, account.book(amounts, nowMs)] as const)
    this.#reservations.set(charge.id, { owner, inputTokens: charge.inputTokens, amounts, bookings })
    return { standing: standingOf(accounts, nowMs) }
  }

  /** The request ended; nothing when it was never booked, or settled before. */
  settle(chargeId: string, attempts: readonly AttemptRecord[], nowMs: number): void {
    const reservation = this.#reservations.get(chargeId)
    if (reservation === undefined) return
    this.#reservations.delete(chargeId)
    const { amounts, bookings, inputTokens } = reservation
    const needed = neededBy(attempts, inputTokens)
    const [, tokens, costUsd] = needed
    const isWhole = attempts.some(({ outcome }) => outcome === 'completed')
    const difference: Amounts = [needed[0] - amounts[0], tokens - amounts[1], costUsd - amounts[2]]
    for (const [account, booking] of bookings) {
      account.correct(booking, difference, nowMs)
      if (isWhole && tokens > 0) account.learn(Math.max(0, tokens - inputTokens), costUsd / tokens)
    }
  }

  /** A process died: what its requests have cost nobody knows, so what was booked stands. */
  ownerLost(owner: string): void {
    for (const [id, reservation] of this.#reservations)
      if (reservation.owner === owner) this.#reservations.delete(id)
  }

  read(nowMs: number): readonly AccountView[] {
    return [...this.#accounts.values()].map((account) => ({
      payer: account.payer,
      limits: account.read(nowMs),
    }))
  }

  /** What was spent before this process began. */
  restore(rows: readonly SpentRow[], nowMs: number): void {
    for (const row of rows) this.#accounts.get(row.payer)?.restore(row, nowMs)
  }

  /** What was spent since the last call, to be added to what is stored. */
  takeUnsaved(): SpentRow[] {
    return [...this.#accounts.values()].flatMap((account) => account.takeUnsaved())
  }

  /** What it may need at most, or by experience where the request does not say. */
  #amountsOf({ inputTokens, maxOutputTokens }: Charge, accounts: readonly Account[]): Amounts {
    const answer = maxOutputTokens ?? Math.max(0, ...accounts.map(({ answerTokens }) => answerTokens))
    const tokens = Math.ceil(inputTokens + answer)
    const dearest = this.#dearestUsdPerToken()
    const usd = Math.max(0, ...accounts.map(({ usdPerToken = dearest }) => usdPerToken))
    return [1, tokens, tokens * usd]
  }
}

/** Whoever no model was called for pays nothing; tokens that a model did not count are estimated. */
function neededBy(attempts: readonly AttemptRecord[], inputTokens: number): Amounts {
  let tokens = 0
  let usd = 0
  for (const attempt of attempts) {
    const { outputTokens = 0, inputTokens: counted, firstByteMs, costUsd = 0 } = attempt
    // A model that began to answer has read the request.
    const hasRead = firstByteMs !== undefined || outputTokens > 0
    tokens += (counted ?? (hasRead ? inputTokens : 0)) + outputTokens
    usd += costUsd
  }
  return [attempts.length === 0 ? 0 : 1, tokens, usd]
}

/** The limit of each kind that is nearest to its end. */
function standingOf(accounts: readonly Account[], nowMs: number): Standing {
  let requests: Allowance | undefined
  let tokens: Allowance | undefined
  for (const account of accounts) {
    for (const { measure, limit, remaining, resetMs } of account.read(nowMs)) {
      const allowance = { limit, remaining, resetMs }
      if (measure === 'requests') requests = nearer(requests, allowance)
      if (measure === 'tokens') tokens = nearer(tokens, allowance)
    }
  }
  return { ...(requests ? { requests } : {}), ...(tokens ? { tokens } : {}) }
}

function nearer(a: Allowance | undefined, b: Allowance): Allowance {
  return a === undefined || b.remaining / b.limit < a.remaining / a.limit ? b : a
}
