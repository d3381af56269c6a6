import { LoadstarError } from '../error.js'
import type { Capacity } from './model.js'

/** @throws {LoadstarError} `CAPACITY_INVALID` naming the first limit outside its range. */
export function checkCapacity(capacity: Capacity, path: string): void {
  checkCount(capacity.maxConcurrent, `${path}.max_concurrent`)
  checkCount(capacity.maxQueue, `${path}.max_queue`)
  const target = capacity.targetUtilization
  if (!(typeof target === 'number' && target > 0 && target <= 1)) {
    throw new LoadstarError(
      'CAPACITY_INVALID',
      `${path}.target_utilization`,
      'must be a number in (0, 1]',
      target,
    )
  }
}

/** @throws {LoadstarError} `CAPACITY_INVALID` unless an integer ≥ 0. */
export function checkCount(count: number, path: string): void {
  if (!(Number.isSafeInteger(count) && count >= 0)) {
    throw new LoadstarError('CAPACITY_INVALID', path, 'must be an integer ≥ 0', count)
  }
}
