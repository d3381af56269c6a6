import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { DEFAULT_RATE, OTHER_PORT, runDemo, toPort } from './demo.js'
import { serve } from './serve.js'
import { orFail } from './start-failure.js'

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
  const chosen = port === undefined ? {} : { port }
  if (existsSync(CONFIG_FILE)) return serve({ config: CONFIG_FILE, ...chosen })
  return runDemo({ rate: DEFAULT_RATE, seed: 1, ...chosen })
}
