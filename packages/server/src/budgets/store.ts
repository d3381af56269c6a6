import type { SpentRow } from './account.js'

/** What budgets need of a database: days and months outlive the process. */
export interface BudgetStore {
  /** Windows that began at that time or later, of all payers. */
  loadSpent(sinceMs: number): Promise<readonly SpentRow[]>
  /** Adds to what is stored, row by row, in one transaction. */
  addSpent(rows: readonly SpentRow[]): Promise<void>
  /** Forgets windows that began before. */
  forgetSpent(beforeMs: number): Promise<void>
}
