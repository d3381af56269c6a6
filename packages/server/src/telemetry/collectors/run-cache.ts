import type { RunCacheCounts } from '../../api/solver/run-cache.js'
import type { Family } from '../family.js'

/** What became of assignment runs that were asked for, and what is kept of them. */
export function runCacheFamilies({ entries, bytes, ...origins }: RunCacheCounts): readonly Family[] {
  return [
    {
      name: 'loadstar_assignment_runs_total',
      type: 'counter',
      help: 'Assignment runs that were asked for: found kept, shared with one under way, or made.',
      samples: Object.entries(origins).map(([origin, value]) => ({ labels: { cache: origin }, value })),
    },
    {
      name: 'loadstar_assignment_cache_entries',
      type: 'gauge',
      help: 'Results of assignment runs that are kept.',
      samples: [{ labels: {}, value: entries }],
    },
    {
      name: 'loadstar_assignment_cache_bytes',
      type: 'gauge',
      help: 'What they take, roughly.',
      samples: [{ labels: {}, value: bytes }],
    },
  ]
}
