import { seededRandom } from '@loadstar/core'
import { afterAll, beforeAll } from 'vitest'
import {
  serve,
  startFleet,
  stop,
  temporaryFolder,
  type RunningFleet,
  type RunningGateway,
} from '../../server/test/processes.js'
import { startOpenLoop } from '../../server/src/traffic/open-loop.js'
import { agentWorkload } from '../../server/src/traffic/plan.js'

/** Simulated models, a server in front of them, and requests that keep coming. */
export interface LiveFleet {
  readonly fleet: RunningFleet
  /** Where the server is, before and after a restart. */
  readonly url: string
  /** Stops the server. */
  stopServer(): Promise<void>
  /** Starts it again on the same port with the same database. */
  startServer(): Promise<void>
  end(): Promise<void>
}

interface LiveFleetOptions {
  readonly yaml: (fleet: RunningFleet) => string
  /** Description of the simulated models. */
  readonly models: readonly object[]
  readonly agents: readonly string[]
  readonly requestsPerSecond: number
  /** Sent with every request, where keys are asked for. */
  readonly key?: string
}

/** Three models and four agents for all tests of a file. */
export function useLiveFleet(requestsPerSecond: number): { readonly current: LiveFleet } {
  let live: LiveFleet | undefined
  beforeAll(async () => {
    live = await startLiveFleet({
      yaml: threeModelYaml,
      models: THREE_MODELS,
      agents: FOUR_AGENTS,
      requestsPerSecond,
    })
  })
  afterAll(() => live?.end())
  return {
    get current() {
      if (live === undefined) throw new Error('the fleet is there from the first test on')
      return live
    },
  }
}

export async function startLiveFleet(options: LiveFleetOptions): Promise<LiveFleet> {
  const folder = temporaryFolder()
  const fleet = await startFleet(folder.path, { seed: 1, models: options.models })
  const yaml = options.yaml(fleet)
  let server: RunningGateway | undefined = await serve(folder.path, yaml)
  const { url } = server
  const traffic = startTraffic(url, options)
  const stopServer = async () => {
    if (server !== undefined) await stop(server)
    server = undefined
  }
  return {
    fleet,
    url,
    stopServer,
    startServer: async () => {
      server = await serve(folder.path, yaml, 1, Number(new URL(url).port))
    },
    end: async () => {
      traffic.cut()
      await stopServer()
      await stop(fleet)
      folder.remove()
    },
  }
}

function startTraffic(url: string, { agents, requestsPerSecond }: LiveFleetOptions) {
  const random = seededRandom(1)
  const end = new AbortController()
  startOpenLoop({
    workload: agentWorkload({ baseUrl: `${url}/v1`, random, agents: agents.map((id) => ({ id })) }),
    ratePerSecond: requestsPerSecond,
    random,
    signal: end.signal,
  })
  return { cut: () => end.abort() }
}

/** Three models of different size, as on a small team's own machines. */
export const THREE_MODELS = [model('atlas', 12, 60), model('breeze', 20, 60), model('comet', 32, 60)]

export const FOUR_AGENTS = ['coder', 'analyst', 'translator', 'greeter']

/** A configuration with the three models and four agents, and whatever else. */
export function threeModelYaml({ models }: RunningFleet, more = ''): string {
  const strength = { atlas: 0.95, breeze: 0.8, comet: 0.6 } as Readonly<Record<string, number>>
  const limits = { atlas: 12, breeze: 20, comet: 32 } as Readonly<Record<string, number>>
  const entries = models.map(
    ({ id, base_url }) =>
      `  - { id: ${id}, base_url: '${base_url}', max_concurrent: ${limits[id]}, capabilities: { coding: ${strength[id]}, math: ${strength[id]}, general: ${strength[id]} } }`,
  )
  return `
models:
${entries.join('\n')}
agents:
  - { id: coder, capabilities: [coding] }
  - { id: analyst, capabilities: [math] }
  - { id: translator, capabilities: [general] }
  - { id: greeter, capabilities: [general] }
history: { flush_ms: 200 }
${more}`
}

function model(id: string, maxConcurrent: number, medianMs: number): object {
  return {
    id,
    max_concurrent: maxConcurrent,
    latency: { median_ms: medianMs, sigma: 0.3 },
    tokens_per_second: 400,
    output_tokens: 32,
  }
}
