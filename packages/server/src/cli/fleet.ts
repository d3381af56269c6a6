import type { Command } from 'commander'
import { startFleet, type Fleet } from '../fleet/fleet.js'
import { loadFleet, parseFleetText } from '../fleet/load.js'
import type { FleetSpec } from '../fleet/spec.js'
import { orFail } from './start-failure.js'
import { untilStopped } from './start-signal.js'

const EXAMPLES = `
Examples:
  loadstar fleet examples/fleet.yaml
  loadstar fleet - --json < fleet.yaml    from standard input; the addresses as JSON`

/** Adds `loadstar fleet <file>`. */
export function registerFleet(program: Command): void {
  program
    .command('fleet')
    .description('start simulated model servers from a file, to try, test and load-test against')
    .argument('<file>', 'fleet description in YAML, see examples/fleet.yaml; - reads standard input')
    .option('--json', 'print one line of JSON once all servers listen')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: { json?: true }) =>
      orFail(
        () => serveFleet(file, options.json === true),
        'choose another in the fleet file; 0 takes any free one',
      ),
    )
}

async function serveFleet(file: string, isJson: boolean): Promise<void> {
  const fleet = await startFleet(await readSpec(file))
  process.stdout.write(isJson ? `${JSON.stringify(addresses(fleet))}\n` : `${describe(fleet)}\n`)
  await Promise.race([untilStopped(), untilParentLeaves()])
  await fleet.close()
}

async function readSpec(file: string): Promise<FleetSpec> {
  if (file !== '-') return loadFleet(file)
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(part as Buffer)
  return parseFleetText(Buffer.concat(parts).toString('utf8'), 'standard input')
}

/** A fleet that another process started through an IPC channel ends with it; from a shell, nothing ever comes. */
async function untilParentLeaves(): Promise<void> {
  await new Promise<void>((resolve) => process.once('disconnect', resolve))
}

function addresses(fleet: Fleet): object {
  return { models: fleet.servers.map(({ id, url, baseUrl }) => ({ id, url, base_url: baseUrl })) }
}

function describe(fleet: Fleet): string {
  const width = Math.max(...fleet.servers.map(({ id }) => id.length))
  const lines = fleet.servers.map(
    ({ id, baseUrl, spec }) => `  ${id.padEnd(width)}  ${baseUrl}  (${spec.maxConcurrent} requests at once)`,
  )
  const first = fleet.servers[0]
  if (first === undefined) return ''
  return [
    'Simulated models:',
    ...lines,
    '',
    'Try one:',
    `  ${curl(first.baseUrl, { model: first.id })}`,
    `What it saw so far:  curl ${first.url}/stats`,
    'Ctrl-C stops.',
  ].join('\n')
}

/** A command line that asks for a short answer. */
export function curl(baseUrl: string, { model, agentId }: { model: string; agentId?: string }): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Which way is north?' }] })
  const agent = agentId === undefined ? '' : ` -H 'x-agent-id: ${agentId}'`
  return `curl ${baseUrl}/chat/completions -H 'content-type: application/json'${agent} -d '${body}'`
}
