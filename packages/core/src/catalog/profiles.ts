import type { Strengths } from './capability.js'

/** What is known of a model before anything has been measured. */
export interface Profile {
  /** Tokens. */
  readonly contextLength: number
  readonly capabilities: Strengths
}

/** Built-in profiles by name; a capability left out reads 0. */
export const PROFILES: Readonly<Record<string, Profile>> = {
  'llama3-70b': {
    contextLength: 8192,
    capabilities: {
      coding: 0.9,
      math: 0.85,
      reasoning: 0.95,
      general: 0.95,
      multilingual: 0.8,
      long_context: 0.85,
      high_accuracy: 0.9,
    },
  },
  'mistral-7b': {
    contextLength: 32_768,
    capabilities: {
      coding: 0.8,
      math: 0.75,
      reasoning: 0.85,
      general: 0.85,
      multilingual: 0.7,
      long_context: 0.95,
      low_latency: 0.85,
    },
  },
  'tinyllama-1b': {
    contextLength: 2048,
    capabilities: { general: 0.7, reasoning: 0.6, low_latency: 0.95, coding: 0.5 },
  },
}
