import { readFile } from 'node:fs/promises'
import { readYaml } from '../config/yaml-source.js'
import { unreadable } from '../config/unreadable.js'
import { parseFleet, type FleetSpec } from './spec.js'

/**
 * Reads a fleet file.
 *
 * @throws {ConfigError} the file cannot be read, is no YAML, or describes no usable fleet.
 */
export async function loadFleet(path: string): Promise<FleetSpec> {
  return parseFleetText(await readText(path), path)
}

/** As `loadFleet`, from text at hand; `source` names it in errors. */
export function parseFleetText(text: string, source: string): FleetSpec {
  const yaml = readYaml(text, source)
  return parseFleet(yaml.value, source, (problem) => yaml.locate(problem))
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw unreadable(path, cause)
  }
}
