/** Names that the server knows; others may be added where it allows them. */
export const CAPABILITIES = [
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

export const PROFILES = ['llama3-70b', 'mistral-7b', 'tinyllama-1b'] as const
