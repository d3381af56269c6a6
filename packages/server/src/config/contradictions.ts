import { DEFAULT_ADAPTIVE_WEIGHTS } from '@loadstar/core'
import { alertContradictions } from './alert-contradictions.js'
import { listWithin, within, type Contradiction, type Entry } from './contradiction.js'
import { OPEN_MS } from './schema/health.js'

/**
 * Ids used twice, an alias that is a model's id, a model that falls back to itself, secrets written into the file,
 * and limits of routing, thresholds and rules that exclude each other.
 *
 * Both arguments may be of any shape, so that these are found together with what the schema finds.
 *
 * @param value - the document with the environment filled in.
 * @param written - the document as the file has it.
 */
export function contradictions(value: unknown, written: unknown): Contradiction[] {
  const models = listWithin(value, ['models'])
  const keys = listWithin(value, ['auth', 'keys'])
  return [
    ...repeated(models, ['models']),
    ...repeated(listWithin(value, ['agents']), ['agents']),
    ...shadowingAliases(models),
    ...ownFallbacks(models),
    ...writtenSecrets(listWithin(written, ['models']), ['models'], 'api_key'),
    ...repeated(listWithin(value, ['alerts', 'webhooks']), ['alerts', 'webhooks']),
    ...writtenSecrets(listWithin(written, ['alerts', 'webhooks']), ['alerts', 'webhooks'], 'secret'),
    ...repeated(listWithin(value, ['capacity_rules']), ['capacity_rules']),
    ...alertContradictions(value),
    ...repeated(keys, ['auth', 'keys']),
    ...sharedSecrets(keys),
    ...oddBudgets(listWithin(value, ['budgets']), keys),
    ...writtenSecrets(listWithin(written, ['auth', 'keys']), ['auth', 'keys'], 'key'),
    ...crossedBackoff(value),
    ...exceedingFloors(value),
    ...unevenWeights(value),
  ]
}

function repeated(list: readonly Entry[], section: readonly string[]): Contradiction[] {
  const first = new Map<unknown, number>()
  return list.flatMap(({ id }, index) => {
    const earlier = first.get(id)
    if (typeof id !== 'string') return []
    if (earlier === undefined) {
      first.set(id, index)
      return []
    }
    const rule = `must be unique; ${section.join('.')}[${earlier}] has it already`
    return [{ steps: [...section, index, 'id'], rule }]
  })
}

function shadowingAliases(models: readonly Entry[]): Contradiction[] {
  const ids = models.map(({ id }) => id)
  return models.flatMap(({ alias }, index) => {
    const owner = typeof alias === 'string' ? ids.indexOf(alias) : -1
    if (owner < 0) return []
    return [
      { steps: ['models', index, 'alias'], rule: `must not be the id of a model; models[${owner}] has it` },
    ]
  })
}

function ownFallbacks(models: readonly Entry[]): Contradiction[] {
  return models.flatMap(({ id, fallbacks }, index) => {
    const own = Array.isArray(fallbacks) && typeof id === 'string' ? fallbacks.indexOf(id) : -1
    if (own < 0) return []
    return [{ steps: ['models', index, 'fallbacks', own], rule: 'must not be the id of the model itself' }]
  })
}

function writtenSecrets(list: readonly Entry[], section: readonly string[], field: string): Contradiction[] {
  return list.flatMap(({ [field]: key }, index) => {
    if (typeof key !== 'string' || /(^|[^$])\$\{/.test(key)) return []
    return [
      {
        steps: [...section, index, field],
        rule: `must come from the environment: write \${NAME} instead of the ${field === 'secret' ? 'secret' : 'key'}`,
      },
    ]
  })
}

/** Of two keys that are the same nobody could tell whose a request is. */
function sharedSecrets(keys: readonly Entry[]): Contradiction[] {
  const secrets = keys.map(({ key }) => key)
  return secrets.flatMap((key, index) => {
    const earlier = secrets.indexOf(key)
    if (typeof key !== 'string' || earlier === index) return []
    return [
      {
        steps: ['auth', 'keys', index, 'key'],
        rule: `must not be the same as that of auth.keys[${earlier}]`,
      },
    ]
  })
}

/** Of nobody, of a key that is not there, of somebody who has one already, or without a limit. */
function oddBudgets(budgets: readonly Entry[], keys: readonly Entry[]): Contradiction[] {
  const payers = budgets.map(({ key, agent }) => JSON.stringify([key ?? null, agent ?? null]))
  return budgets.flatMap((budget, index) => {
    const { key, agent } = budget
    const tell = (rule: string, ...more: string[]) => [{ steps: ['budgets', index, ...more], rule }]
    if ((key === undefined) === (agent === undefined)) return tell('must have either key or agent')
    if (typeof key === 'string' && !keys.some(({ id }) => id === key))
      return tell('must be the id of one of auth.keys', 'key')
    const earlier = payers.indexOf(payers[index] as string)
    if (earlier < index)
      return tell(
        `must have one budget only; budgets[${earlier}] is its own`,
        key === undefined ? 'agent' : 'key',
      )
    const windows = ['per_minute', 'per_day', 'per_month'].map((name) => budget[name])
    const hasLimit = windows.some(
      (window) => typeof window !== 'object' || !window || Object.keys(window).length > 0,
    )
    return windows.some((window) => window !== undefined) && hasLimit
      ? []
      : tell('must have at least one limit in per_minute, per_day or per_month')
  })
}

/** A back-off that would begin above its end; told where the file says something of it. */
function crossedBackoff(document: unknown): Contradiction[] {
  const breaker = within(document, ['routing', 'health', 'breaker'])
  const { min_open_ms: least = OPEN_MS.least, max_open_ms: most = OPEN_MS.most } = breaker
  if (typeof least !== 'number' || typeof most !== 'number' || least <= most) return []
  const [key, rule] =
    'max_open_ms' in breaker
      ? ['max_open_ms', `must be ≥ min_open_ms (${least})`]
      : ['min_open_ms', `must be ≤ max_open_ms (${most})`]
  return [{ steps: ['routing', 'health', 'breaker', key], rule }]
}

function exceedingFloors(document: unknown): Contradiction[] {
  const steps = ['routing', 'queue', 'floors']
  const shares = Object.values(within(document, steps)).filter((share) => typeof share === 'number')
  const sum = shares.reduce((total, share) => total + share, 0)
  if (sum <= 1 + ROUNDING) return []
  return [{ steps, rule: `must add up to at most 1 and not to ${Number(sum.toPrecision(6))}` }]
}

/** Weights of a score that do not make a whole; those that are left out have their defaults. */
function unevenWeights(document: unknown): Contradiction[] {
  const steps = ['scoring', 'weights']
  const weights = { ...DEFAULT_ADAPTIVE_WEIGHTS, ...within(document, steps) }
  const sum = Object.values(weights).reduce<number>((total, weight) => total + Number(weight), 0)
  if (Math.abs(sum - 1) <= WEIGHT_TOLERANCE + ROUNDING || Number.isNaN(sum)) return []
  return [{ steps, rule: `must add up to 1, within 0.01, and not to ${Number(sum.toPrecision(6))}` }]
}

const WEIGHT_TOLERANCE = 0.01

/** Ten tenths are a whole, however floating point adds them up. */
const ROUNDING = 1e-9
