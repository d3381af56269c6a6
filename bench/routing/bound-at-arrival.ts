import {
  type Candidate,
  type Lease,
  type RandomSource,
  type RoutedModel,
  type RouterFactory,
  type RouterPort,
  type RouteRequest,
  seededRandom,
} from '@loadstar/core'

/** How a model is named for a request as it comes, from what was sent to each and has not come back. */
type Choose = (candidates: readonly Candidate[], sent: ReadonlyMap<string, Sent>) => string

interface Sent {
  readonly slots: number
  inFlight: number
}

const NOTHING = { admitted: [], dropped: [] } as const

/**
 * A baseline that keeps no queue: each request is bound to a model at once, full or not, and waits there if it must.
 *
 * @param choice - by turn, by chance, by fewest in flight per slot, or by given weights and chance.
 */
export function boundAtArrival(
  choice: 'round_robin' | 'random' | 'least_utilization' | readonly number[],
): RouterFactory {
  return (models, { seed = 0 }) => portOf(models, chooserOf(choice, seededRandom(seed, 7)))
}

function portOf(models: readonly RoutedModel[], choose: Choose): RouterPort {
  const sent = new Map(models.map(({ id, maxConcurrent }) => [id, { slots: maxConcurrent, inFlight: 0 }]))
  const modelOf = new Map<number, Sent>()
  let leases = 0
  const submit = ({ requestId, candidates }: RouteRequest, nowMs: number) => {
    const modelId = choose(candidates, sent)
    const model = sent.get(modelId) as Sent
    model.inFlight++
    const lease: Lease = { id: ++leases, requestId, modelId, owner: '', acquiredMs: nowMs, waitedMs: 0 }
    modelOf.set(lease.id, model)
    return { kind: 'admitted', lease } as const
  }
  const settle = (leaseId: number) => {
    const model = modelOf.get(leaseId)
    if (model !== undefined) model.inFlight--
    return { ...NOTHING, settled: modelOf.delete(leaseId) }
  }
  return {
    submit,
    settle,
    firstToken: () => true,
    cancel: () => false,
    wake: () => NOTHING,
    nextWakeMs: () => undefined,
    ownerLost: () => NOTHING,
    setModel: () => NOTHING,
    removeModel: () => NOTHING,
    reportLoad: () => NOTHING,
    close: () => NOTHING,
  }
}

function chooserOf(choice: Parameters<typeof boundAtArrival>[0], random: RandomSource): Choose {
  if (typeof choice !== 'string') return byWeight(choice, random)
  switch (choice) {
    case 'round_robin': {
      let turn = 0
      return (candidates) => at(candidates, turn++ % candidates.length)
    }
    case 'random':
      return (candidates) => at(candidates, Math.floor(random() * candidates.length))
    case 'least_utilization':
      return (candidates, sent) => at(candidates, leastUtilized(candidates, sent, random))
  }
}

function byWeight(weights: readonly number[], random: RandomSource): Choose {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return (candidates) => {
    let left = random() * total
    const index = weights.findIndex((weight) => (left -= weight) < 0)
    return at(candidates, Math.max(0, index))
  }
}

/** Ties are drawn, so that no model is first for ever. */
function leastUtilized(
  candidates: readonly Candidate[],
  sent: ReadonlyMap<string, Sent>,
  random: RandomSource,
): number {
  let best = 0
  let least = Infinity
  let equals = 0
  candidates.forEach(({ modelId }, index) => {
    const { inFlight, slots } = sent.get(modelId) as Sent
    const utilization = inFlight / slots
    if (utilization > least) return
    equals = utilization < least ? 1 : equals + 1
    if (utilization === least && random() * equals >= 1) return
    least = utilization
    best = index
  })
  return best
}

function at(candidates: readonly Candidate[], index: number): string {
  return (candidates[index] as Candidate).modelId
}
