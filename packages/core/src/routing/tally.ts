import { LEASE_OUTCOMES, UNLEASED_OUTCOMES, type Outcome } from './outcome.js'

/** At every instant `submitted` = sum of `outcomes` + `inFlight` + `waiting`. */
export interface RouterCounters {
  readonly submitted: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Settles of a lease that had been settled before; each was a no-op. */
  readonly duplicateSettles: number
  readonly inFlight: number
  readonly waiting: number
}

/** Every outcome of the closed list at zero. */
export function noOutcomes(): Record<Outcome, number> {
  const names: readonly Outcome[] = [...LEASE_OUTCOMES, ...UNLEASED_OUTCOMES]
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Outcome, number>
}
