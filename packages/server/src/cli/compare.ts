import { parseConfig } from '../config/parse.js'
import { seededRandom } from '@loadstar/core'
import type { Workload } from '../traffic/plan.js'
import { startFleetProcess, type RemoteModelServer } from './compare-fleet.js'
import { measureSide, type Measured, type SideOptions } from './compare-run.js'
import { meanUtilization, renderComparison } from './compare-table.js'
import { createLogger } from './logger.js'
import { isColorWanted } from './live-table.js'
import { untilStopped } from './start-signal.js'

interface CompareOptions {
  /** Bursts per side, ≥ 1. */
  readonly rounds: number
  readonly seed: number
  readonly isJson: boolean
}

/** The reports' scenario: so many requests at once over three models of so many slots, four fifths the target. */
const BURST = 100
const MAX_CONCURRENT = 50
const TARGET = 0.8
/** Their median of 42 ms ten times over: large against the milliseconds that sockets and timers of one machine cost. */
const TIME_SCALE = 10
const MEDIAN_MS = 42 * TIME_SCALE
const SIGMA = 0.52
const FACTOR_AT_LIMIT = 2
const AGENT = 'worker'

/** `weight`: the share people gave each model by hand; strengths nearly equal, in the same order. */
const MODELS = [
  { id: 'north', weight: 0.45, strength: 0.92 },
  { id: 'east', weight: 0.3, strength: 0.91 },
  { id: 'south', weight: 0.25, strength: 0.9 },
] as const

/**
 * Measures the same bursts twice over real HTTP, first by fixed weights straight at the models, then through the
 * gateway, and prints both sides.
 */
export async function compare({ rounds, seed, isJson }: CompareOptions): Promise<void> {
  const stop = new AbortController()
  if (!isJson) process.stdout.write(`${method(rounds, seed)}\n\n`)
  const fleet = await startFleetProcess(fleetDocument(seed))
  void untilStopped().then(() => stop.abort())
  try {
    const side = (name: string, workload: (round: number) => Workload): Promise<Measured> => {
      const shared: Omit<SideOptions, 'workload'> = {
        servers: fleet.servers,
        maxConcurrent: MAX_CONCURRENT,
        rounds,
        burst: BURST,
        signal: stop.signal,
        onRound: (round) => showProgress(name, round, rounds),
      }
      return measureSide({ ...shared, workload })
    }
    const blind = await side('load-blind', (round) => blindWorkload(fleet.servers, seed, round))
    const aware = await throughGateway(fleet.servers, (url) => side('load-aware', () => awareWorkload(url)))
    if (stop.signal.aborted) throw new Error('stopped before both sides were measured')
    const limits = { maxConcurrent: MAX_CONCURRENT, target: TARGET * MAX_CONCURRENT }
    const table = renderComparison(blind, aware, limits, isColorWanted(process.stdout))
    process.stdout.write(isJson ? `${toJson(blind, aware, rounds, seed)}\n` : `\n${table}\n`)
  } finally {
    await fleet.stop()
  }
}

/** On stderr, so that stdout stays clean: over itself on a terminal, now and then elsewhere. */
function showProgress(name: string, round: number, rounds: number): void {
  const text = `  ${name}: burst ${round} of ${rounds}`
  const isLast = round === rounds
  if (process.stderr.isTTY) process.stderr.write(`\r${text}${isLast ? '\n' : ''}`)
  else if (isLast || round % 4 === 0) process.stderr.write(`${text}\n`)
}

async function throughGateway<T>(
  servers: readonly RemoteModelServer[],
  run: (url: string) => Promise<T>,
): Promise<T> {
  const config = parseConfig(JSON.stringify(configDocument(servers)), {}, 'the comparison')
  const logger = createLogger('error')
  const { startInstance } = await import('./instance.js')
  const instance = await startInstance(config, { logger })
  try {
    return await run(instance.url)
  } finally {
    await instance.stop()
  }
}

/** Each request picks its model by chance and weight, whatever the load: what a list of weights in a config does. */
function blindWorkload(servers: readonly RemoteModelServer[], seed: number, round: number): Workload {
  const random = seededRandom(seed, round)
  return () => {
    let at = random()
    const chosen = MODELS.find(({ weight }) => (at -= weight) < 0)?.id ?? 'south'
    const baseUrl = servers.find(({ id }) => id === chosen)?.baseUrl ?? ''
    return { baseUrl, model: chosen, isStream: true }
  }
}

function awareWorkload(url: string): Workload {
  return () => ({ baseUrl: `${url}/v1`, model: 'auto', agentId: AGENT, isStream: true })
}

function fleetDocument(seed: number): object {
  return {
    seed,
    models: MODELS.map(({ id }) => ({
      id,
      max_concurrent: MAX_CONCURRENT,
      latency: { median_ms: MEDIAN_MS, sigma: SIGMA },
      slowdown: { knee: TARGET, factor_at_limit: FACTOR_AT_LIMIT },
      output_tokens: 1,
    })),
  }
}

function configDocument(servers: readonly RemoteModelServer[]): object {
  return {
    server: { port: 0 },
    storage: { url: 'file::memory:' },
    models: MODELS.map(({ id, strength }) => ({
      id,
      base_url: servers.find((server) => server.id === id)?.baseUrl,
      capabilities: { general: strength },
      max_concurrent: MAX_CONCURRENT,
      target_utilization: TARGET,
    })),
    agents: [{ id: AGENT, capabilities: ['general'] }],
  }
}

function method(rounds: number, seed: number): string {
  const weights = MODELS.map(({ weight }) => weight * 100).join('/')
  return [
    `${BURST} requests at once, ${rounds} times (seed ${seed}), over three simulated models in a process of their own:`,
    `  each takes ${MAX_CONCURRENT} at once and answers 503 above; log-normal service time, median ${MEDIAN_MS} ms, sigma ${SIGMA}`,
    `  (${TIME_SCALE} times the scenario's 42 ms, so that what this one machine adds stays small), slowing down beyond`,
    `  ${TARGET * MAX_CONCURRENT} at once (the target) up to ${FACTOR_AT_LIMIT} times at ${MAX_CONCURRENT}.`,
    `  load-blind: each request picks its model at random by the weights ${weights}, straight to the model.`,
    '  load-aware: the same requests through a real gateway with model: auto; its own cost is in its latencies.',
    'Latencies are those of answered requests, seen by their clients. Requests, peaks and utilisation are from the',
    "models' own record; utilisation is slot-time in use over the time the bursts took, so faster answers lower it.",
  ].join('\n')
}

function toJson(blind: Measured, aware: Measured, rounds: number, seed: number): string {
  return JSON.stringify({
    scenario: {
      burst: BURST,
      rounds,
      seed,
      max_concurrent: MAX_CONCURRENT,
      target_utilization: TARGET,
      median_ms: MEDIAN_MS,
      sigma: SIGMA,
      time_scale: TIME_SCALE,
      factor_at_limit: FACTOR_AT_LIMIT,
    },
    load_blind: sideJson(blind),
    load_aware: sideJson(aware),
  })
}

function sideJson(side: Measured): object {
  const { p50, p95, p99, mean, max } = side.latencyMs
  return {
    requests: side.requests,
    succeeded: side.succeeded,
    failures: side.failures,
    latency_ms: { p50, p95, p99, mean, max },
    mean_utilization: meanUtilization(side),
    models: side.models.map(({ id, requests, refused, peakConcurrency, utilization }) => ({
      id,
      requests,
      refused,
      peak_concurrency: peakConcurrency,
      utilization,
    })),
  }
}
