import { Workload, type Scenario, type TraceRecord } from '@loadstar/core'
import { traceOf, type Recorded } from '../../history/trace.js'
import { runSide, type Side } from './side.js'
import { changed, SCENARIOS, WhatIfError, type WhatIf } from './what-if.js'

/** The same requests in the world as it is and in the changed one. */
export interface WhatIfResult {
  /** Recorded requests that cannot be simulated: refused for what they were, or nobody knows who could serve them. */
  readonly leftOut: number
  readonly before: Side
  readonly after: Side
}

/**
 * Simulates both worlds, one after the other.
 *
 * @param records - where recorded requests are simulated.
 * @param advanced - told how far it has come, 0..1.
 * @throws {WhatIfError}, or what `simulate` throws.
 */
export function performWhatIf(
  { source, router, changes, seed }: WhatIf,
  records: readonly Recorded[],
  advanced: (share: number) => void,
): WhatIfResult {
  const { scenario, leftOut } =
    source.kind === 'recorded'
      ? traceOf(records, source.models)
      : { scenario: played(SCENARIOS[source.name](source.load), seed), leftOut: 0 }
  if (scenario.models.length === 0) {
    throw new WhatIfError('no_requests', 'from', 'the window must hold a request that could be routed')
  }
  const world = { ...scenario, router: { ...scenario.router, ...router } }
  // Before any work: what cannot be changed is told at once.
  const other = changed(world, changes)
  const before = runSide(world, seed, (share) => advanced(share / 2))
  const after = runSide(other, seed, (share) => advanced(0.5 + share / 2))
  return { leftOut, before, after }
}

/** Its requests as if they had been recorded: rates that follow from the models would change with them. */
function played({ load, ...scenario }: Scenario, seed: number): Scenario {
  const workload = new Workload({ ...scenario, ...(load === undefined ? {} : { load }) }, seed)
  const records: TraceRecord[] = []
  for (let arrival = workload.next(); arrival !== undefined; arrival = workload.next()) {
    const { atMs, classIndex, inputTokens, outputTokens, tenant } = arrival
    records.push({
      atMs,
      classId: scenario.classes[classIndex]?.id ?? '',
      inputTokens,
      outputTokens,
      ...(tenant === undefined ? {} : { tenant }),
    })
  }
  return { ...scenario, streams: [{ arrivals: { kind: 'trace', records } }] }
}
