import type { SpentRow } from './account.js'
import type { BudgetBook } from './book.js'
import type { BudgetStore } from './store.js'

/** What was spent in this time is lost when the process dies. */
const SAVE_MS = 1_000
const DAY_MS = 86_400_000
/** Windows are kept for whoever wants to look back. */
const KEEP_DAYS = 400
/** A month begins this long ago at most. */
const LONGEST_WINDOW_DAYS = 31

interface Keeper {
  start(): void
  /** Saves the rest. */
  stop(): Promise<void>
}

interface KeeperOptions {
  readonly book: BudgetBook
  readonly store: BudgetStore
  /** Unix milliseconds. */
  readonly clock: () => number
  readonly log: { warn(fields: object, message: string): void }
}

/** Brings back what earlier processes have spent; from `start` on saves what this one spends, a second later at most. */
export async function openBudgets({ book, store, clock, log }: KeeperOptions): Promise<Keeper> {
  const nowMs = clock()
  book.restore(await store.loadSpent(nowMs - LONGEST_WINDOW_DAYS * DAY_MS), nowMs)
  await store.forgetSpent(nowMs - KEEP_DAYS * DAY_MS)
  /** Could not be saved last time; what comes meanwhile stays in the book. */
  let unsaved: SpentRow[] = []
  let running: Promise<void> | undefined
  const save = async (): Promise<void> => {
    if (unsaved.length === 0) unsaved = book.takeUnsaved()
    if (unsaved.length === 0) return
    try {
      await store.addSpent(unsaved)
      unsaved = []
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.warn({ reason }, 'what budgets have spent could not be saved; it is tried again')
    }
  }
  let timer: NodeJS.Timeout | undefined
  return {
    start() {
      timer = setInterval(() => {
        running ??= save().finally(() => (running = undefined))
      }, SAVE_MS).unref()
    },
    async stop() {
      clearInterval(timer)
      await running
      await save()
    },
  }
}
