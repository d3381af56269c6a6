import type { Strengths } from './capability.js'

/** What a model may carry. */
export interface Capacity {
  /** Requests at once, integer ≥ 0; 0 means the model takes none. */
  readonly maxConcurrent: number
  /** Requests that may wait for it, integer ≥ 0. */
  readonly maxQueue: number
  /** Share of `maxConcurrent` above which it counts as over target, in (0, 1]. */
  readonly targetUtilization: number
}

/** US dollars per million tokens. */
export interface Price {
  readonly inputUsdPerMTok: number
  readonly outputUsdPerMTok: number
}

/** How fast a model is taken to be until answers of its own have told. */
export interface Pace {
  /** Milliseconds ≥ 0 from lease to first token. */
  readonly firstTokenMs: number
  /** Milliseconds ≥ 0 per output token. */
  readonly outputTokenMs: number
}

/** What routing needs to know of a model. */
export interface RoutedModel extends Capacity {
  readonly id: string
  /** Free of charge when left out. */
  readonly price?: Price
  readonly pace?: Pace
}

/** One backend with its strengths and limits. */
export interface Model extends Capacity {
  readonly id: string
  readonly name: string
  readonly capabilities: Strengths
  /** Tokens, > 0. */
  readonly contextLength: number
  readonly price?: Price
}

/** `target_utilization` when nothing is said: early warning at four fifths. */
export const DEFAULT_TARGET_UTILIZATION = 0.8
/** Tokens, when nothing is said: the smallest context of widely served models. */
export const DEFAULT_CONTEXT_LENGTH = 8192
