import type { Candidate, Demand, TaskType } from '@loadstar/core'
import type { ModelEntry } from '../registry/entry.js'

/** Who asks, as far as what was learned depends on it. */
export interface Asker {
  readonly agentId: string | undefined
  /** As the request named it. */
  readonly task: TaskType | undefined
}

/** What pairings are worth before load and before the bonus of an assignment. */
export interface Scorer {
  /** Grows when scores change: those of before are to be asked for again. */
  readonly version: number
  score(demand: Demand, model: ModelEntry, asker: Asker): Candidate
}
