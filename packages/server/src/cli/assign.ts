import { assign, STRATEGIES, type Strategy } from '@loadstar/core'
import { Option, type Command } from 'commander'
import { readAssignFile } from './assign-file.js'
import { renderAssignment } from './assign-table.js'
import { assignmentView } from './assign-view.js'
import { isColorWanted } from './live-table.js'
import { orReport } from './output.js'

interface AssignFlags {
  readonly strategy?: Strategy
  readonly loadBalancing?: boolean
  readonly json?: true
}

const EXAMPLES = `
Examples:
  loadstar assign loadstar.yaml
  loadstar assign team.json --strategy greedy --no-load-balancing
  curl -s https://example.com/team.yaml | loadstar assign - --json | jq .total_score

The file is YAML or JSON with agents and models, named as in loadstar.yaml or as in the body of auto-assign-all.`

/** Adds `loadstar assign <file>`. */
export function registerAssign(program: Command): void {
  program
    .command('assign')
    .description('pair the agents of a file with its models; nothing is started or stored')
    .argument('<file>', 'agents and models; - reads standard input')
    .addOption(
      new Option('--strategy <name>', 'how to pair them (default: as the file says, else optimal)').choices(
        STRATEGIES,
      ),
    )
    .option(
      '--load-balancing',
      'let each placement lower what its model is worth to the next (default: as the file says, else on)',
    )
    .option('--no-load-balancing', 'score as if load did not count')
    .option('--json', 'print the answer of the API instead of tables')
    .addHelpText('after', EXAMPLES)
    .action((path: string, flags: AssignFlags) => orReport(() => assignFile(path, flags)))
}

async function assignFile(path: string, flags: AssignFlags): Promise<void> {
  const file = await readAssignFile(path, process.env)
  const startedMs = performance.now()
  const result = assign({
    ...file,
    strategy: flags.strategy ?? file.strategy,
    loadBalancing: flags.loadBalancing ?? file.loadBalancing,
  })
  const computationMs = performance.now() - startedMs
  const text = flags.json
    ? JSON.stringify(assignmentView(result, computationMs), null, 2)
    : renderAssignment(result, isColorWanted(process.stdout))
  process.stdout.write(`${text}\n`)
}
