import { z } from 'zod'
import { closedObject } from '../config/closed-object.js'
import { ConfigError, type ConfigProblem } from '../config/config-error.js'
import { locateIssues, problemAt, type LocatedProblem } from '../config/schema-error.js'
import { FAULT_KINDS } from './record.js'

/** One simulated model server; docs/guide/simulated-fleet.md tells every option with unit, range and default. */
export interface ModelServerSpec {
  /** The model's id, and the only name it answers to. */
  readonly id: string
  /** 0 picks a free port. */
  readonly port: number
  /** Requests held at once; one more is refused with 503. */
  readonly maxConcurrent: number
  /** Time to the first token, log-normal. */
  readonly latency: { readonly medianMs: number; readonly sigma: number }
  /** Everything takes longer from `knee` (a share of `maxConcurrent`) on, up to `factorAtLimit` times. */
  readonly slowdown: { readonly knee: number; readonly factorAtLimit: number }
  /** Per request. */
  readonly tokensPerSecond: number
  /** Length of an answer; less when the request asks for less. */
  readonly outputTokens: number
  readonly faults: FaultSpec
}

/** Shares of all requests, 0..1, their sum at most 1. */
interface FaultSpec {
  readonly error: number
  readonly stall: number
  /** How long a stalled request hangs before it fails with 500; `null`: until its client leaves. */
  readonly stallMs: number | null
  readonly cut: number
  readonly nonsense: number
  readonly slow: number
  readonly throttle: number
  readonly lapse: number
  /** How many times longer a slow request takes. */
  readonly slowFactor: number
}

export interface FleetSpec {
  /** Every draw of chance follows from it. */
  readonly seed: number
  readonly models: readonly ModelServerSpec[]
}

const LONGEST_MS = 3_600_000
const share = z.number().min(0).max(1)

const FAULTS = closedObject({
  error: share.default(0),
  stall: share.default(0),
  stall_ms: z.number().gt(0).max(LONGEST_MS).nullable().default(null),
  cut: share.default(0),
  nonsense: share.default(0),
  slow: share.default(0),
  throttle: share.default(0),
  lapse: share.default(0),
  slow_factor: z.number().min(1).max(1000).default(10),
})

const MODEL = closedObject({
  id: z.string().min(1).max(200),
  port: z.int().min(0).max(65_535).default(0),
  max_concurrent: z.int().min(1).max(100_000),
  latency: closedObject({
    median_ms: z.number().min(0).max(LONGEST_MS).default(200),
    sigma: z.number().min(0).max(3).default(0.3),
  }).prefault({}),
  slowdown: closedObject({
    knee: share.default(0.8),
    factor_at_limit: z.number().min(1).max(1000).default(1),
  }).prefault({}),
  tokens_per_second: z.number().gt(0).max(1_000_000).default(100),
  output_tokens: z.int().min(1).max(100_000).default(48),
  faults: FAULTS.prefault({}),
})

const FLEET = closedObject({
  seed: z.int().min(0).max(0xffff_ffff).default(1),
  models: z.array(MODEL).min(1).max(1000),
})

/**
 * Reads a fleet description as it stands in a file (snake_case) and fills in the defaults.
 *
 * @param source - what to call the description in errors, e.g. its path.
 * @param locate - finds a problem's place in the file; there is none when left out.
 * @throws {ConfigError} an unknown key, a value out of range, an id or port used twice, fault shares above 1 in sum.
 */
export function parseFleet(
  document: unknown,
  source: string,
  locate: (problem: LocatedProblem) => ConfigProblem = nowhere,
): FleetSpec {
  const parsed = FLEET.safeParse(document)
  const problems = parsed.success ? contradictions(parsed.data) : locateIssues(parsed.error, document)
  if (!parsed.success || problems.length > 0) throw new ConfigError(source, problems.map(locate))
  return { seed: parsed.data.seed, models: parsed.data.models.map(toSpec) }
}

function nowhere({ path, message }: LocatedProblem): ConfigProblem {
  return { path, message, line: null, column: null }
}

function contradictions(fleet: z.output<typeof FLEET>): LocatedProblem[] {
  const problems: LocatedProblem[] = []
  const ids = new Set<string>()
  const ports = new Set<number>()
  fleet.models.forEach(({ id, port, faults }, index) => {
    const found = (field: string, rule: string, value: unknown) =>
      problems.push(problemAt(['models', index, field], rule, value))
    if (ids.has(id)) found('id', 'must not be used twice', id)
    if (port !== 0 && ports.has(port)) found('port', 'must not be used twice', port)
    const sum = FAULT_KINDS.reduce((shares, kind) => shares + faults[kind], 0)
    if (sum > 1 + Number.EPSILON * 8) found('faults', 'must have shares whose sum is ≤ 1', sum)
    ids.add(id)
    ports.add(port)
  })
  return problems
}

function toSpec(model: z.output<typeof MODEL>): ModelServerSpec {
  const { faults } = model
  return {
    id: model.id,
    port: model.port,
    maxConcurrent: model.max_concurrent,
    latency: { medianMs: model.latency.median_ms, sigma: model.latency.sigma },
    slowdown: { knee: model.slowdown.knee, factorAtLimit: model.slowdown.factor_at_limit },
    tokensPerSecond: model.tokens_per_second,
    outputTokens: model.output_tokens,
    faults: {
      error: faults.error,
      stall: faults.stall,
      stallMs: faults.stall_ms,
      cut: faults.cut,
      nonsense: faults.nonsense,
      slow: faults.slow,
      throttle: faults.throttle,
      lapse: faults.lapse,
      slowFactor: faults.slow_factor,
    },
  }
}
