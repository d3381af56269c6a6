/** The latest values of something, oldest first; `NaN` where nothing was known. */
export class Trail {
  readonly #values: Float64Array
  #end = 0
  #length = 0

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity)
  }

  push(value: number | null): void {
    this.#values[this.#end] = value ?? NaN
    this.#end = (this.#end + 1) % this.#values.length
    this.#length = Math.min(this.#length + 1, this.#values.length)
  }

  values(): number[] {
    const start = this.#end - this.#length + this.#values.length
    return Array.from(
      { length: this.#length },
      (_, i) => this.#values[(start + i) % this.#values.length] ?? NaN,
    )
  }
}
