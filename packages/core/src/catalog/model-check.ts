import { LoadstarError } from '../error.js'
import { checkIds } from './id-check.js'
import type { Capacity, Model } from './model.js'

/**
 * Checks what types cannot: ids given once, strengths within 0..1, limits and context length in range.
 *
 * @param field - how the list is called in messages.
 * @throws {LoadstarError} `ID_INVALID`, `DUPLICATE_ID`, `STRENGTH_INVALID`, `CAPACITY_INVALID`, or `OPTION_INVALID`
 *   for any other field, naming the first offending one.
 */
export function checkModels(models: readonly Model[], field = 'models'): void {
  checkIds(models, field)
  models.forEach((model, i) => {
    const path = `${field}[${i}]`
    if (typeof model.name !== 'string') {
      throw new LoadstarError('OPTION_INVALID', `${path}.name`, 'must be a string', model.name)
    }
    checkProfile(model, path)
    checkLimits(model, path)
  })
}

/** The part of a model that scoring reads. @throws {LoadstarError} `STRENGTH_INVALID` or `OPTION_INVALID`. */
export function checkProfile(model: Pick<Model, 'capabilities' | 'contextLength'>, path: string): void {
  const strengths: unknown = model.capabilities
  if (typeof strengths !== 'object' || strengths === null || Array.isArray(strengths)) {
    throw new LoadstarError(
      'STRENGTH_INVALID',
      `${path}.capabilities`,
      'must map names to strengths',
      strengths,
    )
  }
  for (const [name, strength] of Object.entries(strengths) as [string, unknown][]) {
    if (!(typeof strength === 'number' && strength >= 0 && strength <= 1)) {
      throw new LoadstarError(
        'STRENGTH_INVALID',
        `${path}.capabilities.${name}`,
        'must be a number within 0..1',
        strength,
      )
    }
  }
  if (!(Number.isFinite(model.contextLength) && model.contextLength > 0)) {
    throw new LoadstarError(
      'OPTION_INVALID',
      `${path}.context_length`,
      'must be a finite number of tokens > 0',
      model.contextLength,
    )
  }
}

function checkLimits(capacity: Capacity, path: string): void {
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

function checkCount(count: number, path: string): void {
  if (!(Number.isSafeInteger(count) && count >= 0)) {
    throw new LoadstarError('CAPACITY_INVALID', path, 'must be an integer ≥ 0', count)
  }
}
