import type { DecisionRow } from './decision-row.js'
import { Recorder, type RecorderOptions } from './recorder.js'
import { DecisionBook, type DecisionSource } from './decision-book.js'
import type { DecisionPage, DecisionQuery, ExportFormat, ExportPiece, HistoryStore } from './store.js'

/** What is asked of the history. */
export interface HistoryReader {
  /** The request of a decision, also of one that ended a moment ago; not of one that still runs. */
  find(decisionId: string): Promise<DecisionRow | undefined>
  page(query: DecisionQuery): Promise<DecisionPage>
  piece(query: DecisionQuery, format: ExportFormat): Promise<ExportPiece>
  counters(): ReturnType<Recorder['counters']>
}

/** Records requests and tells of them. */
export interface History extends HistoryReader {
  readonly note: Recorder['note']
  /** What is noted is stored from here on. */
  start(): void
  /** Stores what waits, then closes the store. */
  stop(): Promise<void>
}

interface HistoryParts {
  readonly store: HistoryStore
  readonly decisions: DecisionSource
  readonly decisionId: (leaseId: number) => string
  readonly clock: () => number
  readonly log: ConstructorParameters<typeof Recorder>[1]['log']
}

/** Records what is handed to `note`. */
export function createHistory(options: RecorderOptions, parts: HistoryParts): History {
  const { store, decisions, decisionId, clock, log } = parts
  const recorder = new Recorder(options, { store, book: new DecisionBook(decisions), decisionId, clock, log })
  return {
    note: recorder.note,
    start: () => recorder.start(),
    counters: () => recorder.counters(),
    async find(id) {
      const found = await store.find(id)
      if (found !== undefined || recorder.counters().waiting === 0) return found
      await recorder.flush()
      return store.find(id)
    },
    page: (query) => store.page(query),
    piece: (query, format) => store.piece(query, format),
    async stop() {
      await recorder.stop()
      await store.close()
    },
  }
}
