import type { HistoryStore } from '../history/store.js'

/** What the thread of the history is asked: a method of its store, or to close. */
export interface HistoryCall {
  readonly id: number
  readonly method: keyof HistoryStore
  readonly args: readonly unknown[]
}

/** What it answers; the first, with id 0, tells whether the database could be opened. */
export type HistoryAnswer =
  | { readonly id: number; readonly kind: 'done'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly error: FailedCall }

/** An error's class does not survive the way. */
interface FailedCall {
  readonly name: string
  readonly message: string
}

/** The `id` of the first answer. */
export const OPENED = 0
