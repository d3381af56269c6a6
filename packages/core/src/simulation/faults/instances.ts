/** The instances that hold leases, each under a name that is never used again after it died. */
export class Instances {
  readonly #names: string[]
  #deaths = 0

  /** @param count - ≥ 1. */
  constructor(count: number) {
    this.#names = Array.from({ length: count }, (_, index) => `instance-${index}`)
  }

  /** @param luck - a number in [0, 1). */
  nameFor(luck: number): string {
    return this.#names[Math.floor(luck * this.#names.length)] as string
  }

  /** Another takes its place at once. @returns the name of the dead. */
  crash(index: number): string {
    const name = this.#names[index] as string
    this.#names[index] = `instance-${index}.${++this.#deaths}`
    return name
  }
}
