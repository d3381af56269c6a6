import { LoadstarError } from '../error.js'
import { checkCapacity } from './capacity-check.js'
import { checkIds } from './id-check.js'
import type { Model } from './model.js'

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
    checkCapacity(model, path)
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
