/** Which columns groups of rows have closed to their other members, while rows come and go. */
export class Separation {
  readonly #groupsOfRow: ReadonlyMap<number, readonly number[]>
  readonly #cols: number
  /** Members of each group in each column, `groups × cols`. */
  readonly #members: Int32Array

  constructor(groups: readonly (readonly number[])[], cols: number) {
    this.#cols = cols
    this.#members = new Int32Array(groups.length * cols)
    this.#groupsOfRow = groupsOfRows(groups)
  }

  allows(row: number, col: number): boolean {
    const groups = this.#groupsOfRow.get(row)
    return groups === undefined || groups.every((group) => this.#members[group * this.#cols + col] === 0)
  }

  join(row: number, col: number): void {
    this.#count(row, col, 1)
  }

  leave(row: number, col: number): void {
    this.#count(row, col, -1)
  }

  #count(row: number, col: number, change: number): void {
    for (const group of this.#groupsOfRow.get(row) ?? []) {
      const cell = group * this.#cols + col
      this.#members[cell] = (this.#members[cell] as number) + change
    }
  }
}

/** The groups of each row that is in any. */
export function groupsOfRows(groups: readonly (readonly number[])[]): ReadonlyMap<number, readonly number[]> {
  const groupsOfRow = new Map<number, number[]>()
  groups.forEach((rows, group) => {
    for (const row of rows) groupsOfRow.set(row, [...(groupsOfRow.get(row) ?? []), group])
  })
  return groupsOfRow
}
