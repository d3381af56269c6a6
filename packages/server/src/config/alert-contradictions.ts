import { listWithin, within, type Contradiction, type Entry } from './contradiction.js'
import { FAILURES_IN_A_ROW, LATENCY_MS, SUCCESS_RATES } from './schema/alerts.js'

/**
 * Thresholds that are not in order, and back-offs and releases that cross. Told where the file says something of it.
 *
 * @param document - of any shape, with the environment filled in.
 */
export function alertContradictions(document: unknown): Contradiction[] {
  const alerts = within(document, ['alerts'])
  return [
    ...outOfOrder(alerts, ['alerts'], 'latency', LATENCY_MS, '>'),
    ...outOfOrder(alerts, ['alerts'], 'success_rate', SUCCESS_RATES, '<'),
    ...outOfOrder(alerts, ['alerts'], 'consecutive_failures', FAILURES_IN_A_ROW, '>'),
    ...listWithin(document, ['alerts', 'latency_by_model']).flatMap((entry, index) =>
      inOrder(entry, ['alerts', 'latency_by_model', index], Object.keys(LATENCY_MS), '>'),
    ),
    ...listWithin(document, ['alerts', 'webhooks']).flatMap((entry, index) =>
      inOrder(
        { min_backoff_ms: 1_000, max_backoff_ms: 60_000, ...entry },
        ['alerts', 'webhooks', index],
        ['min_backoff_ms', 'max_backoff_ms'],
        '≥',
      ),
    ),
    ...listWithin(document, ['capacity_rules']).flatMap((entry, index) =>
      inOrder(
        { utilization: 0.75, ...entry },
        ['capacity_rules', index],
        ['utilization', 'release_utilization'],
        '≤',
      ),
    ),
  ]
}

function outOfOrder(
  owner: Entry,
  at: readonly PropertyKey[],
  key: string,
  defaults: Readonly<Record<string, number>>,
  order: Order,
): Contradiction[] {
  const written = within(owner, [key])
  const keys = Object.keys(defaults)
  // Where nothing is said of them, there is no line to point at, and the defaults are in order.
  if (!keys.some((name) => name in written)) return []
  const found = inOrder({ ...defaults, ...written }, [...at, key], keys, order)
  // What is pointed at must be in the file: the other of the two, where this one is a default.
  return found.map(({ steps, rule }) => {
    const name = String(steps.at(-1))
    if (name in written) return { steps, rule }
    const other = keys[keys.indexOf(name) - 1] ?? name
    const limit = `must be ${MIRRORED[order]} ${name} (${defaults[name]})`
    return { steps: [...at, key, other], rule: limit }
  })
}

type Order = '>' | '<' | '≥' | '≤'
const MIRRORED: Readonly<Record<Order, Order>> = { '>': '<', '<': '>', '≥': '≤', '≤': '≥' }
const HOLDS: Readonly<Record<Order, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '≥': (a, b) => a >= b,
  '≤': (a, b) => a <= b,
}

/** Each of the keys must stand in that order to the one before it. */
function inOrder(
  entry: Entry,
  at: readonly PropertyKey[],
  keys: readonly string[],
  order: Order,
): Contradiction[] {
  return keys.slice(1).flatMap((key, index) => {
    const before = keys[index] as string
    const value = entry[key]
    const limit = entry[before]
    if (typeof value !== 'number' || typeof limit !== 'number' || HOLDS[order](value, limit)) return []
    return [{ steps: [...at, key], rule: `must be ${order} ${before} (${limit})` }]
  })
}
