/**
 * Whether so much of a request's candidates is shut by breakers that the breakers are to be ignored in spreading it:
 * then it is more likely that something common to all of them is wrong (the network, the requests) than each model by
 * itself, and what is left would only be run over.
 *
 * `shut > share × all`. Envoy's panic threshold (docs of `CommonLbConfig.healthy_panic_threshold`, 50 %), on slots
 * instead of hosts.
 *
 * @param shut - slots of the candidates whose breaker is not closed.
 * @param all - slots of all candidates.
 * @param share - 0..1; 1 never panics.
 */
export function isPanic(shut: number, all: number, share: number): boolean {
  return shut > share * all
}
