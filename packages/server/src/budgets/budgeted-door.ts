import type { Admission, AdmissionRequest, Entry, Granted, Verdict } from '../gateway/admission.js'
import type { Standing } from '../gateway/charge.js'
import type { BudgetBook } from './book.js'

/** A door behind which leases have owners. */
interface OwnedAdmission extends Admission {
  ownerLost(owner: string): void
}

/** In front of the door to the models: whoever has spent its budget is told so, and asks for no slot. */
export class BudgetedDoor implements OwnedAdmission {
  readonly #inner: OwnedAdmission
  readonly #book: BudgetBook
  readonly #clock: () => number

  constructor(inner: OwnedAdmission, book: BudgetBook, clock: () => number) {
    this.#inner = inner
    this.#book = book
    this.#clock = clock
  }

  enter(request: AdmissionRequest): Entry {
    const { charge, owner = '' } = request
    if (charge === undefined) return this.#inner.enter(request)
    const reserved = this.#book.reserve(charge, owner, this.#clock())
    if ('breach' in reserved) {
      return { verdict: { kind: 'over_budget', breach: reserved.breach }, leave: nothingToLeave }
    }
    const { standing } = reserved
    const entry = this.#inner.enter(request)
    const { verdict } = entry
    const told =
      verdict instanceof Promise
        ? verdict.then((late) => withStanding(late, standing))
        : withStanding(verdict, standing)
    return { verdict: told, leave: () => entry.leave() }
  }

  take(request: AdmissionRequest): Promise<Granted | undefined> {
    return this.#inner.take(request)
  }

  settle(...settled: Parameters<Admission['settle']>): void {
    this.#inner.settle(...settled)
  }

  firstToken(...lease: Parameters<Admission['firstToken']>): void {
    this.#inner.firstToken(...lease)
  }

  close(): void {
    this.#inner.close()
  }

  ownerLost(owner: string): void {
    this.#book.ownerLost(owner)
    this.#inner.ownerLost(owner)
  }
}

function withStanding(verdict: Verdict, standing: Standing): Verdict {
  return verdict.kind === 'granted' ? { ...verdict, standing } : verdict
}

function nothingToLeave(): void {
  // Whoever has a verdict does not wait.
}
