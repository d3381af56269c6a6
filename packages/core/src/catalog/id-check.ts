import { LoadstarError } from '../error.js'

/** @throws {LoadstarError} `ID_INVALID` for an id that is not a non-empty string, `DUPLICATE_ID` for a second one. */
export function checkIds(entries: readonly { readonly id: string }[], list: string): void {
  const seen = new Set<string>()
  entries.forEach(({ id }, i) => {
    const field = `${list}[${i}].id`
    checkId(id, field)
    if (seen.has(id)) throw new LoadstarError('DUPLICATE_ID', field, `must be unique among ${list}`, id)
    seen.add(id)
  })
}

/** @throws {LoadstarError} `ID_INVALID` for anything but a non-empty string. */
export function checkId(id: string, field: string): void {
  if (typeof id === 'string' && id !== '') return
  throw new LoadstarError('ID_INVALID', field, 'must be a non-empty string', id)
}
