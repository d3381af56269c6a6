/** Entries by id, in the order they were added; a replaced entry keeps its place. */
export class EntryMap<Entry extends { readonly id: string }> {
  readonly #byId = new Map<string, Entry>()
  #list: readonly Entry[] | undefined

  get(id: string): Entry | undefined {
    return this.#byId.get(id)
  }

  put(entry: Entry): void {
    this.#byId.set(entry.id, entry)
    this.#list = undefined
  }

  remove(id: string): void {
    this.#byId.delete(id)
    this.#list = undefined
  }

  /** The same array until something changes. */
  list(): readonly Entry[] {
    this.#list ??= [...this.#byId.values()]
    return this.#list
  }
}
