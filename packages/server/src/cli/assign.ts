import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { STRATEGIES, type AssignInput, type Strategy } from '@loadstar/core'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { createSolver } from '../api/solver/solver.js'
import { answerOf } from '../api/solver/task.js'
import { ConfigError } from '../config/config-error.js'
import { readAssignFile, readScoreFile, type AssignFile } from './assign-file.js'
import { renderAssignment } from './assign-table.js'
import { isColorWanted } from './live-table.js'
import { orReport } from './output.js'
import { withProgress } from './progress.js'

interface AssignFlags {
  readonly strategy?: Strategy
  readonly loadBalancing?: boolean
  readonly json?: true
  readonly explain?: true
  readonly csv?: true
  readonly capacities?: readonly number[]
}

const EXAMPLES = `
Examples:
  loadstar assign loadstar.yaml
  loadstar assign team.json --strategy greedy --no-load-balancing
  loadstar assign scores.csv --capacities 12,8,4 --explain
  curl -s https://example.com/team.yaml | loadstar assign - --json | jq .total_score

The file is YAML or JSON with agents and models, named as in loadstar.yaml or as in the body of auto-assign-all.
A CSV score matrix has a header of model ids, one row per agent with its id first, scores 0 to 100, and empty cells
for pairs that must not be; a second row that starts with max_concurrent holds the models' slots.`

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
    .option('--explain', 'tell for each agent the runner-up, and for each model what a slot is worth')
    .option('--csv', 'the file is a CSV score matrix (default for names that end in .csv)')
    .option(
      '--capacities <numbers>',
      'slots of the models of a CSV score matrix: one for all, or one each',
      toCapacities,
    )
    .option('--json', 'print the answer of the API instead of tables')
    .addHelpText('after', EXAMPLES)
    .action((path: string, flags: AssignFlags) => orReport(() => assignFile(path, flags)))
}

async function assignFile(path: string, flags: AssignFlags): Promise<void> {
  const file = await readInput(path, flags)
  const input: AssignInput = {
    ...file,
    strategy: flags.strategy ?? file.strategy,
    loadBalancing: flags.loadBalancing ?? file.loadBalancing,
    explain: flags.explain ?? file.explain,
  }
  const solver = createSolver({ timeLimitMs: NO_LIMIT_MS })
  try {
    const label = `pairing ${input.agents.length} agents with ${input.models.length} models`
    const isJson = flags.json === true
    const task = { input, wantsAnswer: isJson, wantsResult: !isJson }
    const solved = await withProgress(process.stderr, label, () => solver.solve(task))
    const { result } = solved
    if (result === null) {
      const facts = { dryRun: true, isCached: false, timestamp: new Date().toISOString() }
      const answer = Readable.from(answerOf(solved, facts), { objectMode: false })
      await pipeline(answer, process.stdout, { end: false })
    } else process.stdout.write(renderAssignment(result, isColorWanted(process.stdout)))
    process.stdout.write('\n')
  } finally {
    await solver.close()
  }
}

async function readInput(path: string, { csv, capacities }: AssignFlags): Promise<AssignFile> {
  if (csv || path.toLowerCase().endsWith('.csv')) return readScoreFile(path, capacities)
  if (capacities !== undefined) {
    const message = '--capacities belongs to a CSV score matrix, which this is not'
    throw new ConfigError(path, [{ path: '', message, line: null, column: null }])
  }
  return readAssignFile(path, process.env)
}

/** The longest timer there is, 24 days: whoever waits at a terminal ends it himself. */
const NO_LIMIT_MS = 2 ** 31 - 1

function toCapacities(text: string): readonly number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)))
  if (numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) return numbers
  throw new InvalidArgumentError('It must be integers ≥ 0 with commas between, e.g. 12,8,4.')
}
