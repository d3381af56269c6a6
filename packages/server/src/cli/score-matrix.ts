import { DEFAULT_CONTEXT_LENGTH, DEFAULT_TARGET_UTILIZATION, type Agent, type Model } from '@loadstar/core'
import { CsvError, parse } from 'csv-parse/sync'
import { ConfigError, type ConfigProblem } from '../config/config-error.js'

/** A matrix of scores with its agents and models, ready to be assigned. */
interface ScoreMatrixFile {
  readonly agents: readonly Agent[]
  readonly models: readonly Model[]
  /** Row-major; `-Infinity` where the cell is empty. */
  readonly scores: Float64Array
}

/** First cell of the row that holds capacities instead of scores. */
const CAPACITIES_ROW = 'max_concurrent'
const MOST_TOLD = 20

interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * Reads a CSV score matrix: a header of model ids, then one row per agent that starts with its id; a row that starts
 * with `max_concurrent` and comes second holds the models' slots.
 *
 * @param capacities - slots from the command line, one for all models or one each; instead of such a row.
 * @throws {ConfigError} with everything that is wrong, each naming line, row and column.
 */
export function parseScoreMatrix(
  text: string,
  source: string,
  capacities: readonly number[] | undefined,
): ScoreMatrixFile {
  const [header, ...body] = rowsOf(text, source)
  if (header === undefined)
    throw new ConfigError(source, [problem(1, 'must start with a header of model ids')])
  const modelIds = header.cells.slice(1)
  const hasRow = body[0]?.cells[0] === CAPACITIES_ROW
  const agentRows = hasRow ? body.slice(1) : body
  const problems = [
    ...idProblems(
      modelIds.map((id, i) => ({ id, line: header.line, place: `column ${i + 2} of the header` })),
    ),
    ...idProblems(
      agentRows.map(({ cells, line }) => ({ id: cells[0] ?? '', line, place: 'the first column' })),
    ),
    ...widthProblems([...body], modelIds.length),
  ]
  const slots = slotsOf(hasRow ? body[0] : undefined, capacities, modelIds, problems)
  const scores = new Float64Array(agentRows.length * modelIds.length).fill(-Infinity)
  agentRows.forEach((row, i) => {
    modelIds.forEach((modelId, j) => {
      const cell = row.cells[j + 1] ?? ''
      if (cell === '') return
      const score = Number(cell)
      if (score >= 0 && score <= 100) scores[i * modelIds.length + j] = score
      else
        problems.push(
          problem(row.line, `${placeOf(row, modelId)} must be a number within 0..100, got "${cell}"`),
        )
    })
  })
  if (problems.length > 0) throw new ConfigError(source, told(problems))
  return {
    agents: agentRows.map(({ cells }) => agentOf(cells[0] as string)),
    models: modelIds.map((id, i) => modelOf(id, slots[i] as number)),
    scores,
  }
}

function rowsOf(text: string, source: string): readonly Row[] {
  try {
    const records = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as readonly {
      readonly record: readonly string[]
      readonly info: { readonly lines: number }
    }[]
    return records.map(({ record, info }) => ({ cells: record, line: info.lines }))
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    const line: unknown = cause['lines']
    throw new ConfigError(
      source,
      [problem(typeof line === 'number' ? line : 1, `is no CSV: ${cause.message}`)],
      {
        cause,
      },
    )
  }
}

function idProblems(ids: readonly { readonly id: string; readonly line: number; readonly place: string }[]) {
  const seen = new Set<string>()
  return ids.flatMap(({ id, line, place }): readonly ConfigProblem[] => {
    if (id === '') return [problem(line, `${place} must hold an id, got nothing`)]
    if (seen.has(id)) return [problem(line, `${place} must be unique, got "${id}" again`)]
    seen.add(id)
    return []
  })
}

function widthProblems(rows: readonly Row[], models: number): readonly ConfigProblem[] {
  return rows.flatMap(({ cells, line }) =>
    cells.length === models + 1
      ? []
      : [
          problem(
            line,
            `row "${cells[0] ?? ''}" must have ${models + 1} cells as the header, got ${cells.length}`,
          ),
        ],
  )
}

function slotsOf(
  row: Row | undefined,
  given: readonly number[] | undefined,
  modelIds: readonly string[],
  problems: ConfigProblem[],
): readonly number[] {
  if (row === undefined) {
    if (given?.length === 1) return modelIds.map(() => given[0] as number)
    if (given?.length === modelIds.length) return given
    const rule =
      given === undefined
        ? `capacities are missing: add a second row that starts with ${CAPACITIES_ROW}, or --capacities`
        : `--capacities must be one number or ${modelIds.length}, one per model, got ${given.length}`
    problems.push(problem(1, rule))
    return []
  }
  if (given !== undefined)
    problems.push(problem(row.line, `${CAPACITIES_ROW} is in the file and in --capacities`))
  return modelIds.map((modelId, i) => {
    const cell = row.cells[i + 1] ?? ''
    const slots = cell === '' ? NaN : Number(cell)
    if (!(Number.isSafeInteger(slots) && slots >= 0)) {
      problems.push(problem(row.line, `${placeOf(row, modelId)} must be an integer ≥ 0, got "${cell}"`))
    }
    return slots
  })
}

function placeOf({ cells }: Row, modelId: string): string {
  return `row "${cells[0] ?? ''}", column "${modelId}"`
}

function problem(line: number, message: string): ConfigProblem {
  return { path: '', message, line, column: 1 }
}

function told(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const inOrder = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
  const rest = inOrder.length - MOST_TOLD
  if (rest <= 0) return inOrder
  return [...inOrder.slice(0, MOST_TOLD), { path: '', message: `and ${rest} more`, line: null, column: null }]
}

function agentOf(id: string): Agent {
  return {
    id,
    name: id,
    type: 'inference',
    status: 'online',
    requiredCapabilities: [],
    preferredCapabilities: [],
  }
}

function modelOf(id: string, maxConcurrent: number): Model {
  return {
    id,
    name: id,
    capabilities: {},
    contextLength: DEFAULT_CONTEXT_LENGTH,
    maxConcurrent,
    maxQueue: 0,
    targetUtilization: DEFAULT_TARGET_UTILIZATION,
  }
}
