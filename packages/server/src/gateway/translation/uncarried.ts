import type { Part } from './part.js'

/** What becomes of the top-level fields of one API on their way to another. */
export interface Fates {
  /** The backend's API, for messages. */
  readonly backend: string
  /** Fields that are carried. */
  readonly carried: ReadonlySet<string>
  /** Hints that say nothing about the answer and are left out. */
  readonly harmless: ReadonlySet<string>
  /** Fields that cannot be carried, with the values under which they ask for nothing. */
  readonly neutral: ReadonlyMap<string, readonly unknown[]>
}

/** Refuses the first field that would change the answer and has no place in the backend's API, unknown ones too. */
export function refuseUncarried(request: Part, fates: Fates): void {
  for (const [name, value] of Object.entries(request.object())) {
    if (value === null || value === undefined || fates.carried.has(name) || fates.harmless.has(name)) continue
    if (fates.neutral.get(name)?.some((neutral) => isSame(neutral, value))) continue
    request.at(name).refuse(`cannot be carried to a backend of ${fates.backend}`)
  }
}

function isSame(neutral: unknown, value: unknown): boolean {
  if (typeof neutral !== 'object') return neutral === value
  return typeof value === 'object' && JSON.stringify(neutral) === JSON.stringify(value)
}
