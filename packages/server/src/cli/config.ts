import type { Command } from 'commander'
import type { Config } from '../config/config.js'
import { configJsonSchema } from '../config/json-schema.js'
import { loadConfig } from '../config/parse.js'
import { withoutPassword } from '../config/schema-error.js'
import { orReport } from './output.js'

const EXAMPLES = `
Examples:
  loadstar config check                          loadstar.yaml of this folder
  loadstar config check prod.yaml                another file; exit code 2 when anything is wrong
  loadstar config schema > loadstar.schema.json  for editors`

/** Adds `loadstar config check` and `loadstar config schema`. */
export function registerConfig(program: Command): void {
  const config = program
    .command('config')
    .description('check a configuration file, print its schema')
    .addHelpText('after', EXAMPLES)
  config
    .command('check')
    .description('tell everything that is wrong with a configuration file, with line and column')
    .argument('[file]', 'the configuration', 'loadstar.yaml')
    .addHelpText('after', EXAMPLES)
    .action((file: string) => orReport(() => check(file)))
  config
    .command('schema')
    .description('print the JSON Schema of the configuration')
    .addHelpText('after', EXAMPLES)
    .action(() => void process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`))
}

function check(file: string): void {
  const config = loadConfig(file, process.env)
  process.stdout.write(`${summary(file, config)}\n`)
  for (const warning of unmetNeeds(config)) process.stderr.write(`${file}: warning: ${warning}\n`)
}

function summary(file: string, { server, models, agents, assignment, storage }: Config): string {
  const slots = models.reduce((sum, { maxConcurrent }) => sum + maxConcurrent, 0)
  return [
    `${file} is fine.`,
    `  models      ${models.length} (${slots} requests at once)`,
    `  agents      ${agents.length}`,
    `  listens on  ${server.host}:${server.port}`,
    `  assignment  ${assignment.strategy}, load balancing ${assignment.loadBalancing ? 'on' : 'off'}`,
    `  storage     ${withoutPassword(storage.url)}`,
  ].join('\n')
}

/** Any capability name is allowed, so a misspelt one shows only in that no model has it. */
function unmetNeeds({ models, agents }: Config): string[] {
  return agents.flatMap(({ requiredCapabilities }, index) =>
    requiredCapabilities
      .filter((need) => !models.some(({ capabilities }) => (capabilities[need] ?? 0) > 0))
      .map((need) => `agents[${index}] needs ${JSON.stringify(need)}, which no model of the file has`),
  )
}
