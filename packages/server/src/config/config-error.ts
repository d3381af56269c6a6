import type { Problem } from './schema-error.js'

/** A problem and its place in the file; `null` where it comes from the environment instead. */
export interface ConfigProblem extends Problem {
  /** 1-based. */
  readonly line: number | null
  /** 1-based. */
  readonly column: number | null
}

/** A configuration that cannot be used: everything wrong with it, in the order of the file. */
export class ConfigError extends Error {
  readonly source: string
  readonly problems: readonly ConfigProblem[]

  constructor(source: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super(problems.map((problem) => formatProblem(source, problem)).join('\n'), options)
    this.name = 'ConfigError'
    this.source = source
    this.problems = problems
  }
}

/** `loadstar.yaml:7:5: models[0].id is required`, as editors and terminals link it. */
function formatProblem(source: string, { line, column, message }: ConfigProblem): string {
  return line === null || column === null
    ? `${source}: ${message}`
    : `${source}:${line}:${column}: ${message}`
}
