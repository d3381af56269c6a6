/** A rule broken between values that are each fine on their own. */
export interface Contradiction {
  readonly steps: readonly PropertyKey[]
  readonly rule: string
}

/** A mapping of a document, whatever it holds. */
export type Entry = Readonly<Record<string, unknown>>

/** The mapping at that place of a document of any shape; an empty one where there is none. */
export function within(document: unknown, steps: readonly string[]): Entry {
  let at: unknown = document
  for (const step of steps) at = asEntry(at)[step]
  return asEntry(at)
}

/** The list at that place; what is no mapping in it stays as an empty one, so that indexes keep telling the place in the file. */
export function listWithin(document: unknown, steps: readonly string[]): Entry[] {
  const list: unknown = within(document, steps.slice(0, -1))[steps.at(-1) ?? '']
  return Array.isArray(list) ? list.map((item: unknown) => asEntry(item)) : []
}

function asEntry(value: unknown): Entry {
  return (typeof value === 'object' && value !== null ? value : {}) as Entry
}
