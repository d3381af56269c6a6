import { InvalidArgumentError, type Command } from 'commander'
import type { Config } from '../config/config.js'
import { loadConfig } from '../config/parse.js'
import { startFleet, type Fleet } from '../fleet/fleet.js'
import { loadFleet } from '../fleet/load.js'
import { seededRandom } from '@loadstar/core'
import type { FleetSpec } from '../fleet/spec.js'
import { startOpenLoop } from '../traffic/open-loop.js'
import { agentWorkload } from '../traffic/plan.js'
import type { TrafficReport } from '../traffic/report.js'
import { compare } from './compare.js'
import { exampleFile } from './demo-files.js'
import { curl } from './fleet.js'
import type { Instance } from './instance.js'
import { createLogger } from './logger.js'
import { startLiveTable } from './live-table.js'
import { orFail, takenPort } from './start-failure.js'
import { untilStopped } from './start-signal.js'

interface DemoOptions {
  /** That of the example configuration, or of PORT, when left out. */
  readonly port?: number
  /** Requests per second between the rushes. */
  readonly rate: number
  /** Seconds; until a signal when left out. */
  readonly duration?: number
  readonly seed: number
}

interface DemoFlags extends DemoOptions {
  readonly compare?: true
  readonly rounds: number
  readonly json?: true
}

/** A quarter of what the example fleet can answer at best; a rush is half as much again. */
export const DEFAULT_RATE = 15
const RUSH_FACTOR = 6
const RUSH_EVERY_MS = 20_000
const RUSH_MS = 4000
export const OTHER_PORT = 'choose another with --port 8081 or PORT=8081'

const EXAMPLES = `
Examples:
  loadstar demo                            watch it work until Ctrl-C
  loadstar demo --rate 40 --duration 30    more traffic, for half a minute
  loadstar demo --compare                  the same bursts without and with load awareness, measured`

/** Adds `loadstar demo`. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('simulated models, the gateway and a steady traffic of agents, all on this machine')
    .option('--port <number>', 'port of the gateway (default: PORT, else 8080)', toPort)
    .option('--rate <number>', 'requests per second between the rushes', toPositive, DEFAULT_RATE)
    .option('--duration <seconds>', 'stop after this long (default: at Ctrl-C)', toPositive)
    .option('--seed <number>', 'seed of the traffic', toCount, 1)
    .option('--compare', 'instead: the same burst load-blind and load-aware, measured side by side')
    .option('--rounds <number>', 'bursts per side, with --compare', toPositiveCount, 12)
    .option('--json', 'print the comparison as JSON, with --compare')
    .addHelpText('after', EXAMPLES)
    .action((flags: DemoFlags) =>
      orFail(
        () =>
          flags.compare === true
            ? compare({ rounds: flags.rounds, seed: flags.seed, isJson: flags.json === true })
            : runDemo(flags),
        OTHER_PORT,
      ),
    )
}

/** Runs the demo until a signal, or for its duration. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const example = loadConfig(exampleFile('loadstar.yaml'), process.env)
  const fleet = await startAnywhere(await loadFleet(exampleFile('fleet.yaml')))
  try {
    const config = demoConfig(example, fleet, options.port)
    const { startInstance } = await import('./instance.js')
    const instance = await startInstance(config, { logger: createLogger('error') })
    process.stdout.write(`${welcome(instance, fleet, config)}\n\n`)
    const seen = await driveUntilStopped(instance, config, options)
    await instance.stop()
    process.stdout.write(`${farewell(fleet, seen)}\n`)
  } finally {
    await fleet.close()
  }
}

async function driveUntilStopped(
  instance: Instance,
  config: Config,
  { rate, seed, duration }: DemoOptions,
): Promise<TrafficReport> {
  const stop = new AbortController()
  const traffic = startOpenLoop({
    workload: agentWorkload({
      baseUrl: `${instance.url}/v1`,
      random: seededRandom(seed, 0),
      agents: config.agents.map(({ id }, index) => ({ id, isNamedInModel: index % 2 === 1 })),
      streamShare: 0.7,
      leaveShare: 0.02,
    }),
    ratePerSecond: (elapsedMs) => (isRush(elapsedMs) ? rate * RUSH_FACTOR : rate),
    random: seededRandom(seed, 1),
    signal: stop.signal,
  })
  const endTable = startLiveTable(() => instance.snapshot(), process.stdout)
  await untilStopped(duration === undefined ? Infinity : duration * 1000)
  endTable()
  stop.abort()
  return traffic.stop()
}

function isRush(elapsedMs: number): boolean {
  return elapsedMs % RUSH_EVERY_MS >= RUSH_EVERY_MS - RUSH_MS
}

/** On the ports of the file, or on free ones when one of them is taken: nobody needs to know them. */
async function startAnywhere(spec: FleetSpec): Promise<Fleet> {
  try {
    return await startFleet(spec)
  } catch (error) {
    if (takenPort(error) === null) throw error
    return startFleet({ ...spec, models: spec.models.map((model) => ({ ...model, port: 0 })) })
  }
}

/** The example with the fleet's real addresses, and without a database in the user's folder. */
function demoConfig(example: Config, fleet: Fleet, port = example.server.port): Config {
  return {
    ...example,
    server: { ...example.server, port },
    storage: { url: 'file::memory:' },
    models: example.models.map((model) => ({ ...model, baseUrl: fleet.server(model.id).baseUrl })),
  }
}

function welcome(instance: Instance, fleet: Fleet, config: Config): string {
  return [
    `Loadstar demo: ${fleet.servers.length} simulated models, ${config.agents.length} agents, nothing leaves this machine.`,
    '',
    `  Gateway   ${instance.url}/v1  (for any OpenAI or Anthropic client)`,
    `  API       ${instance.url}/api/v1/model-router/stats`,
    `  Docs      ${instance.url}/docs`,
    `  Dashboard ${instance.url}/`,
    `  Models    ${fleet.servers.map(({ id, url }) => `${id} ${url}/stats`).join('\n            ')}`,
    '',
    'Try it:',
    `  ${curl(`${instance.url}/v1`, { model: 'auto', agentId: 'coder' })}`,
    '',
    `Ctrl-C stops. Every ${RUSH_EVERY_MS / 1000} s comes a rush, so that you see requests wait.`,
  ].join('\n')
}

function farewell(fleet: Fleet, seen: TrafficReport): string {
  const models = fleet.servers.map((server) => {
    const { peakConcurrency, maxConcurrent, refused } = server.stats()
    return `  ${server.id}: at most ${peakConcurrency} of ${maxConcurrent} at once, ${refused} refused`
  })
  return [
    '',
    `${seen.sent} requests: ${seen.succeeded} answered, ${seen.failed} failed, ${seen.left} left by their client, ` +
      `${seen.stopped} under way at the end. What the models saw:`,
    ...models,
  ].join('\n')
}

export function toPort(text: string): number {
  const port = toCount(text)
  if (port > 65_535) throw new InvalidArgumentError('must be ≤ 65535')
  return port
}

function toPositive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('must be a number > 0')
  return value
}

function toPositiveCount(text: string): number {
  const value = toCount(text)
  if (value < 1) throw new InvalidArgumentError('must be ≥ 1')
  return value
}

function toCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be an integer ≥ 0')
  return Number(text)
}
