import type { Capacity } from '../catalog/model.js'
import { LoadstarError } from '../error.js'

/** What a model carries before a batch is placed. */
export interface PriorLoad {
  /** Requests in flight, integer ≥ 0; the last number known where the load is stale. */
  readonly activeRequests: number
  /** False when the load is stale or was never reported: it then counts as full and over target. */
  readonly isKnown: boolean
}

/** Loads by model id. Without the map every model is idle; a model that the map leaves out is unknown, never idle. */
export type PriorLoads = ReadonlyMap<string, PriorLoad>

const IDLE: PriorLoad = { activeRequests: 0, isKnown: true }
const UNKNOWN: PriorLoad = { activeRequests: 0, isKnown: false }

export function priorLoadOf(modelId: string, loads: PriorLoads | undefined): PriorLoad {
  return loads === undefined ? IDLE : (loads.get(modelId) ?? UNKNOWN)
}

/** @returns `active / maxConcurrent`; a model without slots is full; `null` when unknown. */
export function utilizationOf(load: PriorLoad, { maxConcurrent }: Capacity, placed = 0): number | null {
  if (!load.isKnown) return null
  return maxConcurrent === 0 ? 1 : (load.activeRequests + placed) / maxConcurrent
}

/** @throws {LoadstarError} `OPTION_INVALID` for a count that is not an integer ≥ 0. */
export function checkLoads(loads: PriorLoads | undefined): void {
  for (const [modelId, { activeRequests }] of loads ?? []) {
    if (!(Number.isSafeInteger(activeRequests) && activeRequests >= 0)) {
      throw new LoadstarError(
        'OPTION_INVALID',
        `loads[${JSON.stringify(modelId)}].active_requests`,
        'must be an integer ≥ 0',
        activeRequests,
      )
    }
  }
}
