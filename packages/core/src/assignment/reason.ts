/** Why an agent got no model; the list is closed. */
export const UNASSIGNED_REASONS = [
  /** Only online agents are assigned. */
  'agent_not_online',
  /** The run had no models. */
  'no_models',
  /** No model had room before the run. */
  'all_overloaded',
  /** It may have no model with room: by its lists, or by the scores given. */
  'no_allowed_model',
  /** No allowed model with room reaches the minimum score. */
  'below_min_score',
  /** It takes more seats than any acceptable model has. */
  'demand_too_large',
  /** Others of its groups sit on every model that is acceptable otherwise. */
  'kept_apart',
  /** Every seat of its acceptable models was taken: by manual assignments, or by agents before it in turn. */
  'no_seat_left',
  /** Optimal only: every seat of its acceptable models adds at least as much to the total with another agent in it. */
  'priced_out',
] as const
export type UnassignedReason = (typeof UNASSIGNED_REASONS)[number]

/** What is known of an agent that got no model. */
export interface Circumstances {
  readonly status: string
  /** Models of the run, and those of them with room before it. */
  readonly models: number
  readonly withRoom: number
  /** Of those with room, how many its lists allow; of these, how many reach the minimum score. */
  readonly allowed: number
  readonly reaching: number
  /** Of those that reach it, how many have the seats it takes; of these, how many nobody of its groups is on. */
  readonly large: number
  readonly acceptable: number
  /** Seats it takes. */
  readonly demand: number
  /** Greatest match score among the allowed models with room. */
  readonly bestScore: number
  readonly minScore: number
  /** Agents competed for seats by price, not by turn. */
  readonly isPricedOut: boolean
  /** And the result is proved. */
  readonly isProved: boolean
}

export function reasonFor(facts: Circumstances): UnassignedReason {
  if (facts.status !== 'online') return 'agent_not_online'
  if (facts.models === 0) return 'no_models'
  if (facts.withRoom === 0) return 'all_overloaded'
  if (facts.allowed === 0) return 'no_allowed_model'
  if (facts.reaching === 0) return 'below_min_score'
  if (facts.large === 0) return 'demand_too_large'
  if (facts.acceptable === 0) return 'kept_apart'
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
    case 'no_allowed_model':
      return `It may have none of ${countOf(facts.withRoom, 'model')} with room.`
    case 'below_min_score':
      return `The best score among ${countOf(facts.allowed, 'model')} with room is ${facts.bestScore}, below the minimum of ${facts.minScore}.`
    case 'demand_too_large':
      return `It takes ${countOf(facts.demand, 'seat')}, more than any of ${countOf(facts.reaching, 'acceptable model')} has.`
    case 'kept_apart':
      return `Others of its groups are on ${countOf(facts.large, 'model')}, all that would be acceptable.`
    case 'no_seat_left':
      return `All seats of ${acceptable} were taken before its turn.`
    case 'priced_out':
      return facts.isProved
        ? `Every seat of ${acceptable} adds at least as much to the total with another agent in it.`
        : `No better total was found with it in a seat of ${acceptable}.`
  }
}

function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
