import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { loadConfig } from '../config/parse.js'
import { DEFAULT_RATE, OTHER_PORT, runDemo, toPort } from './demo.js'
import { startInstance } from './instance.js'
import { orFail } from './start-failure.js'
import { untilStopped } from './start-signal.js'

const CONFIG_FILE = 'loadstar.yaml'

const EXAMPLES = `
Examples:
  loadstar start                serve ${CONFIG_FILE} of this folder, or run the demo
  loadstar start --port 8081    the same on another port`

/** Adds `loadstar start`, what `npm start` runs. */
export function registerStart(program: Command): void {
  program
    .command('start')
    .description(`serve ${CONFIG_FILE} of this folder, or run the demo when there is none`)
    .option('--port <number>', 'port of the gateway (default: PORT, else that of the configuration)', toPort)
    .addHelpText('after', EXAMPLES)
    .action((options: { port?: number }) => orFail(() => start(options.port), OTHER_PORT))
}

async function start(port: number | undefined): Promise<void> {
  if (existsSync(CONFIG_FILE)) return serve(port)
  return runDemo({ rate: DEFAULT_RATE, seed: 1, ...(port === undefined ? {} : { port }) })
}

async function serve(port: number | undefined): Promise<void> {
  const config = loadConfig(CONFIG_FILE, process.env)
  const instance = await startInstance(
    port === undefined ? config : { ...config, server: { ...config.server, port } },
  )
  process.stdout.write(`Loadstar serves ${CONFIG_FILE} at ${instance.url}/v1, docs at ${instance.url}/docs\n`)
  await untilStopped()
  await instance.stop()
}
