import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A bench's raw figures: what was asked, how it was run, and one entry per setting. */
interface Report {
  readonly question: string
  readonly command: string
  /** One line each in the file, so that it stays readable and its changes small. */
  readonly rows: readonly object[]
  /** Settings of the run that are not in the rows. */
  readonly [setting: string]: unknown
}

/**
 * Writes `results/<name>.json` beside a bench, with date, revision and machine.
 *
 * @param bench - the bench's `import.meta.url`.
 */
export function saveReport(bench: string, name: string, { question, rows, ...settings }: Report): void {
  const results = new URL('./results/', bench)
  mkdirSync(results, { recursive: true })
  const head = {
    question,
    date: new Date().toISOString(),
    revision: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    ...settings,
  }
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  const file = fileURLToPath(new URL(`${name}.json`, results))
  writeFileSync(file, `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "rows": [\n${lines}\n  ]\n}\n`)
  console.log(`\nraw figures: ${relative(process.cwd(), file)}`)
}
