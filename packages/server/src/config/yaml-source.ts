import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml'
import { ConfigError, type ConfigProblem } from './config-error.js'
import type { LocatedProblem } from './schema-error.js'

/** A YAML (or JSON) text, read, with the place of everything in it. */
export interface YamlSource {
  /** `undefined` for an empty text. */
  readonly value: unknown
  locate(problem: LocatedProblem): ConfigProblem
}

/**
 * Reads one YAML document; JSON is YAML too.
 *
 * @param name - what to call the text in errors, e.g. its path.
 * @throws {ConfigError} every syntax error, a key given twice, an unknown tag.
 */
export function readYaml(text: string, name: string): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0) {
    throw new ConfigError(
      name,
      faults.map(({ message, pos }) => ({ path: '', message: sentence(message), ...place(lines, pos[0]) })),
    )
  }
  return {
    value: document.contents === null ? undefined : plainValue(document, name),
    locate: ({ path, message, steps }) => ({ path, message, ...place(lines, offsetOf(document, steps)) }),
  }
}

function plainValue(document: Document, name: string): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    // An alias that expands without end is found only here.
    const message = `is not usable YAML: ${cause instanceof Error ? cause.message : String(cause)}`
    throw new ConfigError(name, [{ path: '', message, line: null, column: null }], { cause })
  }
}

function sentence(message: string): string {
  return `YAML: ${message.split('\n')[0] ?? message}`
}

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/** Start of the key or list entry that the steps lead to, or of the last one on the way that exists. */
function offsetOf(document: Document, steps: readonly PropertyKey[]): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const step of steps) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step))
      if (pair === undefined) return offset
      offset = startOf(pair.key) ?? offset
      node = pair.value
    } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
      node = node.items[step]
      offset = startOf(node) ?? offset
    } else return offset
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  const range = (node as { range?: readonly number[] | null } | null)?.range
  return range?.[0]
}
