import type { Performance, TaskType } from '@loadstar/core'

/** What votes make of one model at one task type. */
export interface LearnedStrength {
  readonly modelId: string
  readonly task: TaskType
  /** What they add to the declared strength, −1..1. */
  readonly shift: number
  /** Standard deviation of what it may truly be. */
  readonly deviation: number
}

/** Names a model at a task type. */
export function strengthKey({ modelId, task }: Pick<LearnedStrength, 'modelId' | 'task'>): string {
  return `${task}/${modelId}`
}

/** All that scores of live requests follow, as it goes to every process that serves. */
export interface LearnedSnapshot {
  readonly performance: readonly (readonly [modelId: string, Performance])[]
  readonly pairs: readonly (readonly [
    modelId: string,
    readonly (readonly [agentId: string, Performance])[],
  ])[]
  /** Of models that anybody voted on. */
  readonly strengths: readonly LearnedStrength[]
}

export const NOTHING_LEARNED: LearnedSnapshot = { performance: [], pairs: [], strengths: [] }
