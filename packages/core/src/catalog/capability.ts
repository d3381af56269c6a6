/** The capabilities every deployment knows; users may add their own names. */
export const BUILT_IN_CAPABILITIES = [
  'coding',
  'math',
  'reasoning',
  'arabic',
  'general',
  'multilingual',
  'long_context',
  'low_latency',
  'high_accuracy',
  'function_calling',
] as const

/** A capability's name; the built-in names complete in an editor, any other string is allowed. */
export type Capability = (typeof BUILT_IN_CAPABILITIES)[number] | (string & {})

/** How strong a model is in each capability: 0 (absent) to 1 (as good as any). A name left out reads 0. */
export type Strengths = Readonly<Record<string, number>>

/** What a piece of work asks of a model. Order carries no meaning; repeats count once. */
export interface Demand {
  readonly requiredCapabilities: readonly Capability[]
  readonly preferredCapabilities: readonly Capability[]
  /** Tokens; left out when any context length will do. */
  readonly minContextLength?: number
}
