import {
  simulate,
  Sketch,
  type EndedCall,
  type LatencySummary,
  type Scenario,
  type SimulationReport,
} from '@loadstar/core'

/** What became of the requests at one model. */
interface SideModel {
  readonly id: string
  readonly maxConcurrent: number
  readonly targetUtilization: number
  /** Mean share of its slots in use, 0..1. */
  readonly utilization: number
  /** Share of the time above its target, 0..1. */
  readonly overTargetShare: number
  readonly greatestConcurrency: number
  readonly requests: number
  readonly completed: number
  /** Milliseconds of those that completed: from arrival to a slot, and to the whole answer. */
  readonly wait: LatencySummary
  readonly latency: LatencySummary
  /** US dollars; 0 where it has no price. */
  readonly costUsd: number
}

/** What became of the requests in one of two worlds. */
export interface Side {
  readonly policy: string
  readonly overall: SimulationReport['overall']
  readonly models: readonly SideModel[]
}

interface Tally {
  requests: number
  completed: number
  costUsd: number
  readonly wait: Sketch
  readonly latency: Sketch
}

/** How often, within one run, it tells how far it has come. */
const STEPS = 50

/** Runs the world to its end. @param advanced - told the share of virtual time that has passed, 0..1. */
export function runSide(scenario: Scenario, seed: number, advanced: (share: number) => void): Side {
  const { durationMs, warmUpMs = 0 } = scenario
  const tallies = new Map(scenario.models.map(({ id }) => [id, emptyTally()]))
  const prices = new Map(scenario.models.map(({ id, price }) => [id, price]))
  const { overall, models } = simulate(scenario, {
    seed,
    observer: {
      everyMs: durationMs / STEPS,
      tick: (nowMs) => advanced(Math.min(1, nowMs / durationMs)),
      call(call) {
        const tally = tallies.get(call.modelId)
        if (tally === undefined || call.startedMs - call.queueMs < warmUpMs) return
        count(tally, call, prices.get(call.modelId))
      },
    },
  })
  return {
    policy: scenario.router?.policy ?? 'bid',
    overall,
    models: scenario.models.map(({ id, maxConcurrent, targetUtilization }) => {
      const { requests, completed, costUsd, wait, latency } = tallies.get(id) ?? emptyTally()
      const { utilization = 0, overTargetShare = 0, greatestConcurrency = 0 } = models[id] ?? {}
      return {
        id,
        maxConcurrent,
        targetUtilization,
        utilization,
        overTargetShare,
        greatestConcurrency,
        requests,
        completed,
        wait: wait.summary(),
        latency: latency.summary(),
        costUsd,
      }
    }),
  }
}

function emptyTally(): Tally {
  return { requests: 0, completed: 0, costUsd: 0, wait: new Sketch(), latency: new Sketch() }
}

function count(tally: Tally, call: EndedCall, price: Scenario['models'][number]['price']): void {
  const { outcome, queueMs, serviceMs, inputTokens, outputTokens } = call
  tally.requests++
  if (outcome !== 'completed') return
  tally.completed++
  tally.wait.add(queueMs)
  tally.latency.add(queueMs + serviceMs)
  if (price === undefined) return
  const { inputUsdPerMTok, outputUsdPerMTok } = price
  tally.costUsd += (inputTokens * inputUsdPerMTok + outputTokens * outputUsdPerMTok) / 1e6
}
