import type { Candidate } from '@loadstar/core'
import type { Admission } from '../../packages/server/src/gateway/admission.js'

/** What one way to the router costs. */
export interface Cost {
  readonly requests: number
  /** Microseconds from asking for a slot to having it. */
  readonly medianUs: number
  readonly p99Us: number
  /** Microseconds of processor that the asking process used per request, entering and settling. */
  readonly cpuUs: number
}

const CANDIDATES: readonly Candidate[] = ['a', 'b', 'c'].map((modelId, i) => ({ modelId, score: 90 - i }))
const WARM_UP = 20_000

/** Keeps `atOnce` requests under way, each of which settles as soon as it has its slot. */
export async function costOf(admission: Admission, atOnce: number, requests: number): Promise<Cost> {
  await run(admission, atOnce, WARM_UP, () => undefined)
  const times = new Float64Array(requests)
  let at = 0
  const before = process.cpuUsage()
  await run(admission, atOnce, requests, (us) => (times[at++] = us))
  const used = process.cpuUsage(before)
  times.sort()
  return {
    requests,
    medianUs: times[Math.floor(requests / 2)] ?? NaN,
    p99Us: times[Math.floor(requests * 0.99)] ?? NaN,
    cpuUs: (used.user + used.system) / requests,
  }
}

async function run(
  admission: Admission,
  atOnce: number,
  requests: number,
  note: (us: number) => void,
): Promise<void> {
  let left = requests
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const startMs = performance.now()
      const verdict = await admission.enter({
        requestId: '00000000-0000-4000-8000-000000000000',
        candidates: CANDIDATES,
        priority: 'default',
        kind: 'agent',
        inputTokens: 900,
        bytes: 3_600,
        explain: false,
        maxWaitMs: 30_000,
      }).verdict
      note((performance.now() - startMs) * 1_000)
      if (verdict.kind !== 'granted') throw new Error(`not granted but ${verdict.kind}`)
      // As behind a gateway: the answer comes in another turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve))
      admission.settle(verdict.lease, 'completed', { inputTokens: 900, outputTokens: 300 })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client))
}
