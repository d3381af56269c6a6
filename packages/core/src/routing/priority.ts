/** How urgent a request is, most urgent first. */
export const PRIORITIES = ['system', 'interactive', 'default', 'bulk'] as const

export type Priority = (typeof PRIORITIES)[number]

/** 0 for the most urgent. */
export function rankOf(priority: Priority): number {
  return PRIORITIES.indexOf(priority)
}
