import type { TaskType } from '@loadstar/core'

/** What somebody thought of one answer. */
export interface Vote {
  /** `x-loadstar-decision-id` of the answer; there is one vote on each at most. */
  readonly decisionId: string
  readonly modelId: string
  readonly task: TaskType
  /** 0..1. */
  readonly score: number
  readonly atMs: number
}

/** The votes on one model at one task type, added up as they counted at `atMs`. */
export interface VoteTally {
  readonly modelId: string
  readonly task: TaskType
  readonly weight: number
  readonly sum: number
  readonly atMs: number
}

/** What learning needs of a database. A call that has resolved survives kill -9. */
export interface QualityStore {
  /** Of all models and task types, in no order. */
  loadTallies(): Promise<readonly VoteTally[]>
  findVote(decisionId: string): Promise<Vote | undefined>
  /** Adds or replaces the vote on its decision and these tallies, in one transaction. */
  saveVote(vote: Vote, tallies: readonly VoteTally[]): Promise<void>
  /** Deletes the votes on a model and its tallies, in one transaction. Unknown ids are no error. */
  forgetModel(modelId: string): Promise<void>
  /** Deletes votes made before, each of which its tally keeps; they cannot be changed then. */
  forgetVotes(beforeMs: number): Promise<void>
}
