import type { Experience, TaskType } from '@loadstar/core'

/** What the REST API knows of what was learned, and how it hands in what people think of answers. */
export interface LearningView {
  /** Resolves once a vote that counts is stored. */
  rate(feedback: Feedback): Promise<FeedbackReceipt>
  /** Every model at every task type, in the registry's order. */
  qualities(): readonly ModelQuality[]
  /** What assignments follow. */
  experience(): Experience
}

/** What a client thinks of an answer. */
export interface Feedback {
  readonly decisionId: string
  /** 0..1. */
  readonly score: number
  /** What the request named, or its agent is for, when left out. */
  readonly task?: TaskType | undefined
}

/** What became of it. */
export type FeedbackReceipt =
  | {
      readonly kind: 'counted'
      readonly modelId: string
      readonly task: TaskType
      /** It took the place of an earlier vote on the same answer. */
      readonly isChange: boolean
    }
  /** No decision of that name, or one that nobody remembers. */
  | { readonly kind: 'unknown_decision' }
  /** Its answer has not ended. */
  | { readonly kind: 'still_running' }
  /** The model is gone, and what was learned of it. */
  | { readonly kind: 'unknown_model'; readonly modelId: string }

/** How good a model is thought to be at one task type; strengths are 0..1. */
export interface ModelQuality {
  readonly modelId: string
  readonly task: TaskType
  readonly declared: number
  /** What scores go by. */
  readonly effective: number
  readonly mean: number
  /** The ends of the interval that holds the true one with a probability of 0.95. */
  readonly low: number
  readonly high: number
  /** How many, older ones counting less. */
  readonly votes: number
}
