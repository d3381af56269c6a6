import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { POLICIES, simulate, type PolicyName, type SimulationReport } from '@loadstar/core'
import Table from 'cli-table3'
import { Option, type Command } from 'commander'
import { z } from 'zod'
import { ConfigError } from '../config/config-error.js'
import { loadConfig } from '../config/parse.js'
import { describeIssues } from '../config/schema-error.js'
import { unreadable } from '../config/unreadable.js'
import { traceOf, type Recorded } from '../history/trace.js'
import { orReport } from './output.js'

interface ReplayFlags {
  readonly config?: string
  readonly policy?: readonly PolicyName[]
  readonly seed: string
  readonly json?: true
}

const EXAMPLES = `
Examples:
  curl -s $api/decisions/export | loadstar replay -
  loadstar replay monday.jsonl --policy bid least_utilization
  loadstar replay monday.jsonl --config bigger.yaml --json

The file is what GET /api/v1/model-router/decisions/export gives: recorded requests, one JSON object a line. They come
when they came; how long models take is drawn from what was measured. Nothing is called and no time passes.`

/** Adds `loadstar replay`. */
export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('ask what other policies or limits would have made of recorded requests')
    .argument('<file>', 'exported decisions, lines of JSON; - reads standard input')
    .option('-c, --config <file>', 'limits and prices of models (default: as many slots as were seen in use)')
    .addOption(new Option('--policy <names...>', 'policies to compare (default: all)').choices(POLICIES))
    .option('--seed <number>', 'of everything drawn at random', '0')
    .option('--json', 'print lines of JSON instead of a table')
    .addHelpText('after', EXAMPLES)
    .action((path: string, flags: ReplayFlags) => orReport(() => replay(path, flags)))
}

async function replay(path: string, flags: ReplayFlags): Promise<void> {
  const models = flags.config === undefined ? [] : loadConfig(flags.config, process.env).models
  const records = await readRecords(path)
  const { scenario, leftOut } = traceOf(records, models)
  if (scenario.models.length === 0) throw wrong(path, 'must hold a request that could be routed', null)
  const reports = (flags.policy ?? POLICIES).map((policy) => {
    const report = simulate({ ...scenario, router: { policy } }, { seed: Number(flags.seed) })
    return rowOf(policy, report)
  })
  const rows = [measured(records), ...reports]
  if (flags.json) {
    for (const row of rows) process.stdout.write(`${JSON.stringify({ ...row, left_out: leftOut })}\n`)
    return
  }
  const note = leftOut === 0 ? '' : `; ${leftOut} more cannot be replayed`
  process.stdout.write(`${reports[0]?.arrived} requests on ${scenario.models.length} models${note}\n`)
  process.stdout.write(`${table(rows)}\n`)
}

/** What became of the requests, as recorded or with one policy. */
interface Row {
  readonly policy: string
  readonly arrived: number
  readonly completed: number
  readonly wait_p95_ms: number | null
  readonly latency_p50_ms: number | null
  readonly latency_p95_ms: number | null
  readonly latency_p99_ms: number | null
}

function rowOf(policy: PolicyName, { overall }: SimulationReport): Row {
  const { arrived, outcomes, waitMs, latencyMs } = overall
  return {
    policy,
    arrived,
    completed: outcomes.completed,
    wait_p95_ms: waitMs.p95,
    latency_p50_ms: latencyMs.p50,
    latency_p95_ms: latencyMs.p95,
    latency_p99_ms: latencyMs.p99,
  }
}

function measured(records: readonly Recorded[]): Row {
  const completed = records.filter(({ outcome }) => outcome === 'completed')
  const sorted = (of: (record: Recorded) => number) => completed.map(of).sort((a, b) => a - b)
  const waits = sorted(({ queue_ms }) => queue_ms)
  const latencies = sorted(({ total_ms }) => total_ms)
  const at = (values: readonly number[], share: number) =>
    values[Math.ceil(share * values.length) - 1] ?? null
  return {
    policy: 'as recorded',
    arrived: records.length,
    completed: completed.length,
    wait_p95_ms: at(waits, 0.95),
    latency_p50_ms: at(latencies, 0.5),
    latency_p95_ms: at(latencies, 0.95),
    latency_p99_ms: at(latencies, 0.99),
  }
}

function table(rows: readonly Row[]): string {
  const shown = new Table({
    head: ['', 'requests', 'completed', 'wait p95', 'p50', 'p95', 'p99'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) {
    const times = [row.wait_p95_ms, row.latency_p50_ms, row.latency_p95_ms, row.latency_p99_ms]
    shown.push([row.policy, row.arrived, row.completed, ...times.map(milliseconds)])
  }
  return shown.toString()
}

function milliseconds(value: number | null): string {
  return value === null ? '–' : `${value.toFixed(1)} ms`
}

const time = z.number().min(0)
const RECORD = z.object({
  at_ms: time,
  asked_model: z.string().nullable(),
  agent_id: z.string().nullable(),
  task: z.string().nullable(),
  priority: z.string().nullable(),
  model_id: z.string().nullable(),
  outcome: z.string(),
  total_ms: time,
  queue_ms: time,
  service_ms: time.nullable(),
  first_byte_ms: time.nullable(),
  input_tokens: z.int().min(0).nullable(),
  output_tokens: z.int().min(0).nullable(),
  considered: z
    .object({
      policy: z.string(),
      explored: z.boolean(),
      margin: z.number().nullable(),
      models: z.array(
        z.tuple([
          z.string(),
          z.number(),
          z.number().nullable(),
          z.number().nullable(),
          z.string().nullable(),
        ]),
      ),
      omitted: z.int(),
    })
    .nullable(),
})

async function readRecords(path: string): Promise<readonly Recorded[]> {
  const records: Recorded[] = []
  const input = path === '-' ? process.stdin : createReadStream(path)
  const broken = new Promise<never>((_resolve, reject) => {
    input.once('error', (cause: unknown) => reject(unreadable(path, cause)))
  })
  const reading = (async () => {
    let line = 0
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      line++
      if (text !== '') records.push(recordOf(text, path, line))
    }
  })()
  await Promise.race([reading, broken])
  return records
}

function recordOf(text: string, path: string, line: number): Recorded {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw wrong(path, 'must be a JSON object', line)
  }
  const result = RECORD.safeParse(value)
  if (result.success) return result.data
  throw wrong(path, describeIssues(result.error, value)[0]?.message ?? 'must be a recorded request', line)
}

function wrong(path: string, message: string, line: number | null): ConfigError {
  return new ConfigError(path, [{ path: '', message, line, column: line === null ? null : 1 }])
}
