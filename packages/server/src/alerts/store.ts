import type { Alert } from '@loadstar/core'

/** What alerts need of a database. A call that has resolved survives kill -9. */
export interface AlertStore {
  /** In no order. */
  load(): Promise<readonly Alert[]>
  /** Adds or replaces by id, all in one transaction. */
  save(alerts: readonly Alert[]): Promise<void>
  /** Deletes resolved ones but for so many, those resolved last. */
  keepResolved(most: number): Promise<void>
}
