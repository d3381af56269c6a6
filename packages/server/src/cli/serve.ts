import { InvalidArgumentError, type Command } from 'commander'
import { loadConfig } from '../config/parse.js'
import { MOST_WORKERS } from '../config/schema/server.js'
import { OTHER_PORT, toPort } from './demo.js'
import { orFail } from './start-failure.js'
import { untilStopped } from './start-signal.js'

interface ServeFlags {
  readonly config: string
  readonly port?: number
  readonly host?: string
  readonly workers?: number
}

const EXAMPLES = `
Examples:
  loadstar serve                              serve loadstar.yaml of this folder
  loadstar serve -c prod.yaml --port 8081     another file, another port
  loadstar serve --workers 4                  four processes on one port, one count of every limit
  DEEP_KEY=sk-… loadstar serve                a secret that the file reads as \${DEEP_KEY}

SIGTERM or Ctrl-C stops: no new requests, running answers finish, then it exits. A second one exits at once.`

/** Adds `loadstar serve`. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('serve the gateway and the API from a configuration file')
    .option('-c, --config <file>', 'the configuration', 'loadstar.yaml')
    .option('--port <number>', 'port to listen on (default: PORT, else that of the file)', toPort)
    .option('--host <address>', 'address to listen on (default: HOST, else that of the file)')
    .option(
      '--workers <number>',
      'processes that serve requests (default: that of the file, else 1)',
      toWorkers,
    )
    .addHelpText('after', EXAMPLES)
    .action((flags: ServeFlags) => orFail(() => serve(flags), OTHER_PORT))
}

/** Serves a configuration file until a signal, then lets running answers finish. */
export async function serve({ config: file, port, host, workers }: ServeFlags): Promise<void> {
  const written = loadConfig(file, {
    ...process.env,
    ...(port === undefined ? {} : { PORT: String(port) }),
    ...(host === undefined ? {} : { HOST: host }),
  })
  const config = workers === undefined ? written : { ...written, server: { ...written.server, workers } }
  // Loaded only now: what reads a configuration, or prints help, need not wait for it.
  const { startInstance } = await import('./instance.js')
  const instance = await startInstance(config)
  const { url } = instance
  process.stdout.write(
    `Loadstar serves ${file}: ${config.models.length} models, ${config.agents.length} agents\n` +
      (config.dashboard.isEnabled ? `  Dashboard  ${url}/\n` : '') +
      `  Gateway    ${url}/v1\n  API        ${url}/api/v1/model-router/stats\n  Docs       ${url}/docs\n`,
  )
  await untilStopped()
  process.stdout.write('Stopping: running answers finish first; a second signal ends at once.\n')
  await instance.stop()
}

function toWorkers(text: string): number {
  const workers = Number(text)
  if (Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS) return workers
  throw new InvalidArgumentError(`must be a whole number from 1 to ${MOST_WORKERS}`)
}
