import { createHash } from 'node:crypto'
import type { AssignInput, Model, PriorLoads } from '@loadstar/core'

/**
 * Names a run by everything that it depends on: two runs of one key give the same assignments, but for loads and
 * measurements that differ within a step.
 *
 * The contents of agents and models are in it, so that a change of them makes another key: nothing has to be
 * invalidated, and nothing can be forgotten to be.
 *
 * @param loadStep - share of a model's slots, 0..1; loads within one step are the same, but full and unknown ones are
 * always told apart. What was measured then counts to two digits, for it moves with every request as well. 0 tells
 * everything apart.
 *
 * O(size of the input); lists that were seen before, as those of the registry, O(1).
 */
export function runKey(
  { agents, models, loads, experience, ...rest }: AssignInput,
  loadStep: number,
): string {
  const hash = createHash('sha256').update(digestOf(agents)).update(digestOf(models))
  hash.update(loadsText(models, loads, loadStep))
  if (experience !== undefined) {
    const spelt = loadStep === 0 ? mapsAsLists : roundedMapsAsLists
    hash.update(`\n${JSON.stringify(experience, spelt)}`)
  }
  for (const [name, value] of Object.entries(rest).sort(byName)) {
    if (value !== undefined) hash.update(`\n${name}:${JSON.stringify(value, mapsAsLists)}`)
  }
  return hash.digest('base64')
}

function loadsText(models: readonly Model[], loads: PriorLoads | undefined, loadStep: number): string {
  return models
    .map(({ id, maxConcurrent }) => {
      const load = loads?.get(id)
      if (load === undefined) return 'idle'
      const { activeRequests, isKnown } = load
      if (!isKnown) return `unknown ${activeRequests}`
      if (loadStep === 0 || activeRequests >= maxConcurrent) return String(activeRequests)
      return `step ${Math.floor(activeRequests / (maxConcurrent * loadStep))}`
    })
    .join()
}

/** Entries are never changed in place, and the registry gives out the same list until one is replaced. */
const digests = new WeakMap<readonly object[], string>()

function digestOf(list: readonly object[]): string {
  let digest = digests.get(list)
  if (digest === undefined) {
    digest = createHash('sha256').update(JSON.stringify(list)).digest('base64')
    digests.set(list, digest)
  }
  return digest
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}

function mapsAsLists(_name: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value
}

function roundedMapsAsLists(name: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(2)) : mapsAsLists(name, value)
}
