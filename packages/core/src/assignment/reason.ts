/** Why an agent got no model; the list is closed. */
export const UNASSIGNED_REASONS = [
  /** Only online agents are assigned. */
  'agent_not_online',
  /** The run had no models. */
  'no_models',
  /** No model had room before the run. */
  'all_overloaded',
  /** No model with room reaches the minimum score. */
  'below_min_score',
  /** Every seat of its acceptable models was taken: by manual assignments, or by agents before it in turn. */
  'no_seat_left',
  /** Optimal only: every seat of its acceptable models adds at least as much to the total with another agent in it. */
  'priced_out',
] as const
export type UnassignedReason = (typeof UNASSIGNED_REASONS)[number]

/** What is known of an agent that got no model. */
export interface Circumstances {
  readonly status: string
  /** Models of the run, those of them with room before it, and those of them that reach the minimum score. */
  readonly models: number
  readonly withRoom: number
  readonly acceptable: number
  /** Greatest capability score among the models with room. */
  readonly bestScore: number
  readonly minScore: number
  /** Agents competed for seats by price, not by turn. */
  readonly isPricedOut: boolean
}

export function reasonFor(facts: Circumstances): UnassignedReason {
  if (facts.status !== 'online') return 'agent_not_online'
  if (facts.models === 0) return 'no_models'
  if (facts.withRoom === 0) return 'all_overloaded'
  if (facts.acceptable === 0) return 'below_min_score'
  return facts.isPricedOut ? 'priced_out' : 'no_seat_left'
}

export function sentenceFor(reason: UnassignedReason, facts: Circumstances): string {
  const acceptable = countOf(facts.acceptable, 'acceptable model')
  switch (reason) {
    case 'agent_not_online':
      return `The agent is ${facts.status}; only online agents are assigned.`
    case 'no_models':
      return 'There are no models to assign.'
    case 'all_overloaded':
      return `None of ${countOf(facts.models, 'model')} had a free slot before the run.`
    case 'below_min_score':
      return `The best score among ${countOf(facts.withRoom, 'model')} with room is ${facts.bestScore}, below the minimum of ${facts.minScore}.`
    case 'no_seat_left':
      return `All seats of ${acceptable} were taken before its turn.`
    case 'priced_out':
      return `Every seat of ${acceptable} adds at least as much to the total with another agent in it.`
  }
}

function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
