import type { DecisionRow } from './decision-row.js'

/** A place in the order of arrival. */
export interface Cursor {
  readonly atMs: number
  readonly seq: number
}

/** Which decisions, and in which order; every condition given must hold. Bounds are Unix milliseconds of arrival. */
export interface DecisionQuery {
  /** Included. */
  readonly fromMs?: number
  /** Not included. */
  readonly toMs?: number
  readonly keyId?: string
  readonly agentId?: string
  readonly modelId?: string
  readonly outcome?: string
  readonly task?: string
  readonly requestId?: string
  readonly minQueueMs?: number
  readonly minTotalMs?: number
  readonly order: 'newest_first' | 'oldest_first'
  /** Only what comes after it in the order asked for. */
  readonly after?: Cursor
  /** At most this many, 1..10,000. */
  readonly limit: number
}

/** One page, and where the next begins; `null` on the last. */
export interface DecisionPage {
  readonly rows: readonly DecisionRow[]
  readonly next: Cursor | null
}

/** A piece of an export. */
export interface ExportPiece {
  readonly text: string
  readonly next: Cursor | null
}

export const EXPORT_FORMATS = ['csv', 'jsonl'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** What is forgotten: both bounds hold, give or take the requests of a moment that ended in another order. */
export interface Retention {
  /** Unix milliseconds: what arrived before. */
  readonly beforeMs: number
  readonly maxRows: number
  /** Rows that one call deletes at most, so that it is short. */
  readonly most: number
}

/**
 * What the history needs of a database. Nothing of it may block whoever calls: rows are stored and read elsewhere, in a
 * thread or a server.
 */
export interface HistoryStore {
  /**
   * Stores all of them, or none. Once resolved they survive kill -9.
   *
   * @param rows - a JSON list of `DecisionRow`s as text, for that crosses to another thread at the least cost.
   */
  append(rows: string): Promise<void>
  find(decisionId: string): Promise<DecisionRow | undefined>
  page(query: DecisionQuery): Promise<DecisionPage>
  /** A page as lines of a file, without a header. */
  piece(query: DecisionQuery, format: ExportFormat): Promise<ExportPiece>
  /** Deletes the oldest of what is to be forgotten. @returns how many rows. */
  forget(retention: Retention): Promise<number>
  close(): Promise<void>
}
