/** An event as it goes out, and its place in the order of all. */
interface LiveEvent {
  readonly seq: number
  readonly text: string
}

interface RingBounds {
  readonly mostEvents: number
  /** Of the texts together, in UTF-16 units. */
  readonly mostChars: number
}

/** The latest events, for clients that come back: the oldest go where there are too many, or they are too long. */
export class EventRing {
  readonly #bounds: RingBounds
  #events: LiveEvent[] = []
  #chars = 0
  /** Everything up to here is forgotten. */
  #forgotten = 0

  constructor(bounds: RingBounds) {
    this.#bounds = bounds
  }

  /** @param event - later than all before. */
  push(event: LiveEvent): void {
    this.#events.push(event)
    this.#chars += event.text.length
    while (this.#events.length > this.#bounds.mostEvents || this.#chars > this.#bounds.mostChars) {
      const oldest = this.#events.shift()
      if (oldest === undefined) return
      this.#chars -= oldest.text.length
      this.#forgotten = oldest.seq
    }
  }

  /** Nothing up to here can be had again. */
  forget(upTo: number): void {
    this.#events = []
    this.#chars = 0
    this.#forgotten = upTo
  }

  /** What came after that place; `undefined` where some of it is forgotten. */
  since(seq: number): readonly LiveEvent[] | undefined {
    return seq < this.#forgotten ? undefined : this.#events.filter((event) => event.seq > seq)
  }
}
