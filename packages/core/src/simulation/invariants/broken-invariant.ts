/**
 * The invariants a simulated world watches, as docs/concepts/routing.md numbers them; `target` is that nobody is given a
 * slot above a model's target, or one kept for others, who may not use it; `explained` that decisions are told as they were
 * made.
 */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'target' | 'explained'

/** The router broke a promise: the run ends here, and the same scenario and seed break it again. */
export class BrokenInvariant extends Error {
  readonly invariant: Invariant
  /** Of the router's clock, milliseconds. */
  readonly atMs: number

  constructor(invariant: Invariant, atMs: number, what: string) {
    super(`${invariant} broken at ${atMs} ms: ${what}`)
    this.name = 'BrokenInvariant'
    this.invariant = invariant
    this.atMs = atMs
  }
}
