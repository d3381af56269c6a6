import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { FleetSpecError, parseFleet, type FleetSpec } from './spec.js'

/**
 * Reads a fleet file.
 *
 * @throws {FleetSpecError} the file cannot be read, is no YAML, or describes no usable fleet.
 */
export async function loadFleet(path: string): Promise<FleetSpec> {
  return parseFleetText(await readText(path), path)
}

/** As `loadFleet`, from text at hand; `source` names it in errors. */
export function parseFleetText(text: string, source: string): FleetSpec {
  let document: unknown
  try {
    document = parse(text)
  } catch (cause) {
    throw new FleetSpecError(source, [`is not valid YAML: ${firstLine(cause)}`], { cause })
  }
  return parseFleet(document, source)
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new FleetSpecError(path, [`cannot be read: ${firstLine(cause)}`], { cause })
  }
}

function firstLine(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
}
