import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { configJsonSchema } from './json-schema.js'
import { configReference } from './reference.js'

const ROOT = new URL('../../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8')

describe('what is written from the schema (npm run config:docs)', () => {
  test('the committed JSON Schema is the one of the code', () => {
    expect(JSON.parse(read('packages/server/loadstar.schema.json'))).toEqual(configJsonSchema())
  })

  test('the reference page is the one of the code', () => {
    expect(read('docs/reference/configuration.md')).toBe(configReference())
  })

  test('every option has a description', () => {
    const options = [...configReference().matchAll(/^### `(.+)`\n\n.+\n\n(.*)\n/gm)]
    expect(options.length).toBeGreaterThan(30)
    for (const [, path, description] of options) expect(description, path).toMatch(/\.$/)
  })

  test('the example names a schema that is there', () => {
    const [, path = ''] =
      /^# yaml-language-server: \$schema=(\S+)$/m.exec(read('examples/loadstar.yaml')) ?? []
    expect(path).toMatch(/^\.\.\//)
    expect(existsSync(new URL(path, new URL('examples/', ROOT)))).toBe(true)
  })
})
