import type { RunCacheCounts } from '../../api/solver/run-cache.js'
import { counter, gauge, single, type Family } from '../family.js'

/** What became of assignment runs that were asked for, and what is kept of them. */
export function runCacheFamilies({ entries, bytes, ...origins }: RunCacheCounts): readonly Family[] {
  return [
    counter(
      'loadstar_assignment_runs_total',
      'Assignment runs that were asked for: found kept, shared with one under way, or made.',
      Object.entries(origins).map(([origin, value]) => ({ labels: { cache: origin }, value })),
    ),
    gauge('loadstar_assignment_cache_entries', 'Results of assignment runs that are kept.', single(entries)),
    gauge('loadstar_assignment_cache_bytes', 'What they take, roughly.', single(bytes)),
  ]
}
