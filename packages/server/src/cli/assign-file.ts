import { readFile } from 'node:fs/promises'
import type {
  Agent,
  AgentConstraints,
  AntiAffinity,
  Experience,
  Model,
  PriorLoad,
  Strategy,
} from '@loadstar/core'
import type { z } from 'zod'
import { INLINE_AGENT } from '../api/schemas/agent-schema.js'
import { AUTO_ASSIGN } from '../api/schemas/auto-assign-schema.js'
import { constraintsFrom } from '../api/schemas/constraint-schema.js'
import { INLINE_MODEL } from '../api/schemas/model-schema.js'
import { inlineExperience } from '../api/inline-experience.js'
import { closedObject } from '../config/closed-object.js'
import { checkDocument } from '../config/document.js'
import { agentFrom, modelFrom } from '../config/expansion.js'
import { MODEL } from '../config/schema/model.js'
import { scoringConfig } from '../config/scoring-config.js'
import { CONFIG_SCHEMA } from '../config/schema.js'
import { unreadable } from '../config/unreadable.js'
import { readYaml } from '../config/yaml-source.js'
import { parseScoreMatrix } from './score-matrix.js'

/** Agents and models to be paired, and what the file says of how. */
export interface AssignFile {
  readonly agents: readonly Agent[]
  readonly models: readonly Model[]
  readonly loads?: ReadonlyMap<string, PriorLoad>
  readonly scores?: Float64Array
  readonly experience?: Experience
  readonly strategy: Strategy
  readonly loadBalancing: boolean
  readonly loadWeight?: number
  readonly minScore?: number
  readonly constraints?: AgentConstraints
  readonly antiAffinity?: AntiAffinity
  readonly explain: boolean
}

const REQUEST = AUTO_ASSIGN.unwrap().shape
const CONFIG = CONFIG_SCHEMA.shape

const ASSIGN_FILE = closedObject({
  agents: INLINE_AGENT.array(),
  models: INLINE_MODEL.array(),
  strategy: REQUEST.strategy,
  enable_load_balancing: REQUEST.enable_load_balancing,
  load_weight: REQUEST.load_weight,
  min_score: REQUEST.min_score,
  constraints: REQUEST.constraints,
  anti_affinity: REQUEST.anti_affinity,
  explain: REQUEST.explain,
  routing: CONFIG.routing,
  scoring: CONFIG.scoring,
  assignment: CONFIG.assignment,
})

/** Of a configuration or a request: what pairing does not read, and must not fail for a missing secret. */
const UNREAD = [...missingIn(ASSIGN_FILE.shape, CONFIG), 'dry_run']
const UNREAD_OF_MODEL = [...missingIn(INLINE_MODEL.shape, MODEL.shape), 'api_key_env']

/**
 * Agents and models of a YAML or JSON file: a configuration, or the body of a request to `auto-assign-all`.
 *
 * @param path - `-` reads standard input.
 * @throws {ConfigError} with everything that is wrong.
 */
export async function readAssignFile(path: string, env: NodeJS.ProcessEnv): Promise<AssignFile> {
  const source = path === '-' ? 'standard input' : path
  const yaml = readYaml(await readText(path, source), source)
  const file = checkDocument(ASSIGN_FILE, { source, yaml, written: withoutUnread(yaml.value ?? {}) }, env)
  return {
    agents: file.agents.map(agentFrom),
    models: file.models.map(modelFrom),
    loads: new Map(file.models.map((model) => [model.id, priorLoad(model)])),
    strategy: file.strategy ?? file.assignment.strategy,
    loadBalancing: file.enable_load_balancing ?? file.assignment.load_balancing,
    loadWeight: file.load_weight ?? file.routing.load_weight,
    ...(file.min_score === undefined ? {} : { minScore: file.min_score }),
    experience: inlineExperience(file.models, scoringConfig(file.scoring)),
    ...constraintsFrom(file.constraints, file.anti_affinity),
    explain: file.explain,
  }
}

/**
 * A CSV score matrix; optimal without load balancing unless flags say otherwise.
 *
 * @param path - `-` reads standard input.
 * @throws {ConfigError} with everything that is wrong.
 */
export async function readScoreFile(
  path: string,
  capacities: readonly number[] | undefined,
): Promise<AssignFile> {
  const source = path === '-' ? 'standard input' : path
  const matrix = parseScoreMatrix(await readText(path, source), source, capacities)
  return { ...matrix, strategy: 'optimal', loadBalancing: false, explain: false }
}

/** A load in a file was true when it was written down, and is taken as it stands. */
function priorLoad({ load }: z.output<typeof INLINE_MODEL>): PriorLoad {
  return { activeRequests: load?.active_requests ?? 0, isKnown: true }
}

async function readText(path: string, source: string): Promise<string> {
  try {
    if (path !== '-') return await readFile(path, 'utf8')
    const parts: Buffer[] = []
    for await (const part of process.stdin) parts.push(part as Buffer)
    return Buffer.concat(parts).toString('utf8')
  } catch (cause) {
    throw unreadable(source, cause)
  }
}

function missingIn(read: object, written: object): string[] {
  return Object.keys(written).filter((key) => !(key in read))
}

function withoutUnread(document: unknown): unknown {
  if (!isMapping(document)) return document
  const rest = without(document, UNREAD)
  const models = rest['models']
  if (!Array.isArray(models)) return rest
  return {
    ...rest,
    models: models.map((model: unknown) => (isMapping(model) ? without(model, UNREAD_OF_MODEL) : model)),
  }
}

type Mapping = Readonly<Record<string, unknown>>

function without(mapping: Mapping, keys: readonly string[]): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([key]) => !keys.includes(key)))
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
