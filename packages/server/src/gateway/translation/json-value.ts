import type { Json } from './dialect.js'

/** The value where it is a JSON object, else `undefined`. */
export function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

/** The value where it is an array, else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

/** The value where it is a string, else `''`. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The value where it is a number ≥ 0, else `undefined`: backends write `null` and nothing for counts they do not have. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** The object without its undefined fields. */
export function defined(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** The object that a text holds as JSON; `{}` for blank text, `undefined` where it holds no object. */
export function parseObject(text: string): Json | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return isDeeperThan(DEEPEST_ARGUMENTS, value) ? undefined : objectOf(value)
  } catch {
    return undefined
  }
}

/** Whether a text is one complete JSON value. */
export function isWholeJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** JSON of a value; `{}` for one nested deeper than can be written. */
export function writeJson(value: unknown): string {
  return value === undefined || isDeeperThan(DEEPEST_ARGUMENTS, value) ? '{}' : JSON.stringify(value)
}

/** Whether objects and arrays nest more than `levels` deep; walks without recursion, O(values). */
export function isDeeperThan(levels: number, value: unknown): boolean {
  let layer: readonly unknown[] = [value]
  for (let depth = 0; layer.length > 0; depth++) {
    if (depth > levels) return true
    const inside: unknown[] = []
    for (const item of layer) {
      if (typeof item !== 'object' || item === null) continue
      for (const child of Object.values(item))
        if (typeof child === 'object' && child !== null) inside.push(child)
    }
    layer = inside
  }
  return false
}

const DEEPEST_ARGUMENTS = 256
