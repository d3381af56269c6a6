import { drawFate, slowdown, type Fate } from './fate.js'
import { seededRandom, type RandomSource } from '@loadstar/core'
import { ServerRecord, type FaultKind, type ModelServerStats } from './record.js'
import type { ModelServerSpec } from './spec.js'
import { WorkClock } from './work-clock.js'

/** How a request gave its slot back. */
type Ending = Parameters<ServerRecord['leave']>[0]

/** One request's hold on its server, from arrival to the end of its answer. */
export interface Slot {
  readonly fate: Fate
  /** Runs after that much work of this server, unless the slot was given back before; one at a time. */
  afterWork(workMs: number, run: () => void): void
  /** Runs after that much time, unless the slot was given back before; one at a time. */
  afterTime(ms: number, run: () => void): void
  misbehave(kind: FaultKind): void
  /** Gives the slot back; only the first call counts. */
  release(how: Ending): void
}

/** The part of a model server that knows no HTTP: slots, chance and the time work takes. */
export class Engine {
  readonly spec: ModelServerSpec
  readonly #seed: number
  readonly #stream: number
  readonly #record: ServerRecord
  readonly #clock = new WorkClock()
  readonly #held = new Set<Slot>()
  #random: RandomSource
  #serial = 0

  constructor(spec: ModelServerSpec, seed: number, stream: number) {
    this.spec = spec
    this.#seed = seed
    this.#stream = stream
    this.#record = new ServerRecord(spec.id, spec.maxConcurrent)
    this.#random = seededRandom(seed, stream)
  }

  /** Takes a slot for a request that has arrived; `null`, and counted, when all are taken. */
  enter(): Slot | null {
    if (!this.#record.enter()) return null
    this.#setPace()
    const fate = drawFate(this.#random, this.spec)
    return this.#slot(fate)
  }

  /** A number no other answer of this server has. */
  nextSerial(): number {
    this.#serial += 1
    return this.#serial
  }

  stats(): ModelServerStats {
    return this.#record.stats()
  }

  /** Zeroes the counts and starts the draws again from the seed. */
  reset(): void {
    this.#record.reset()
    this.#random = seededRandom(this.#seed, this.#stream)
  }

  /** Ends every request still held, as if its client had left; nothing of the engine runs afterwards. */
  stop(): void {
    for (const slot of this.#held) slot.release('aborted')
    this.#clock.stop()
  }

  #slot(fate: Fate): Slot {
    let cancelWork: (() => void) | undefined
    let timer: NodeJS.Timeout | undefined
    let isHeld = true
    const slot: Slot = {
      fate,
      afterWork: (workMs, run) => {
        if (isHeld) cancelWork = this.#clock.after(workMs, run)
      },
      afterTime: (ms, run) => {
        if (isHeld) timer = setTimeout(run, ms)
      },
      misbehave: (kind) => this.#record.misbehaved(kind),
      release: (how) => {
        if (!isHeld) return
        isHeld = false
        this.#held.delete(slot)
        cancelWork?.()
        clearTimeout(timer)
        this.#record.leave(how)
        this.#setPace()
      },
    }
    this.#held.add(slot)
    return slot
  }

  #setPace(): void {
    this.#clock.setRate(1 / slowdown(this.#record.active, this.spec))
  }
}
