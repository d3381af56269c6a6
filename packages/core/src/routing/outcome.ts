/**
 * Every way a request can end; the list is closed, and each submit ends in exactly one of them.
 *
 * The first group ends a lease, the second ends a ticket or a submit that never held one.
 */
export const LEASE_OUTCOMES = [
  /** The answer went out whole. */
  'completed',
  /** The model refused the request as its caller's fault (4xx). */
  'refused_by_model',
  /** The model failed, answered nonsense, or could not be reached, before the first byte went out. */
  'upstream_error',
  /** The model took longer than a limit on connecting, first byte, idle or total time. */
  'upstream_timeout',
  /** The stream broke off after its first byte. */
  'upstream_cut',
  /** The client left while its lease was held. */
  'client_gone',
  /** Another attempt at the same request was heard first. */
  'hedge_lost',
  /** The instance that held the lease died or shut down. */
  'instance_lost',
] as const

export const UNLEASED_OUTCOMES = [
  /** The queue had no room. */
  'rejected_queue_full',
  /** No candidate can ever serve it: none known, none with capacity. */
  'rejected_no_model',
  /** Its deadline would have passed before it could be served. */
  'rejected_deadline',
  /** Admission is closed: the instance is draining. */
  'rejected_draining',
  /** It waited as long as it may. */
  'expired_in_queue',
  /** The client left while waiting. */
  'cancelled_in_queue',
  /** Every model that may serve it is full, and takes nobody more into its queue for the time being. */
  'rejected_queue_closed',
] as const

export type LeaseOutcome = (typeof LEASE_OUTCOMES)[number]
export type UnleasedOutcome = (typeof UNLEASED_OUTCOMES)[number]
export type Outcome = LeaseOutcome | UnleasedOutcome

/** Whether the model itself is to blame: these count against its success rate. */
export function isModelFailure(outcome: LeaseOutcome): boolean {
  return outcome === 'upstream_error' || outcome === 'upstream_timeout' || outcome === 'upstream_cut'
}
