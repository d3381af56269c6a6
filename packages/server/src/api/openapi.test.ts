import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type RunningApi } from './api-fixture.contract.js'

interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> }
  readonly responses: Record<string, { readonly description: string }>
}

interface Document {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, object> }
}

let api: RunningApi
let document: Document
beforeAll(async () => {
  api = await startApi()
  document = (await api.app.inject({ url: '/openapi.json' })).json()
})
afterAll(() => api.close())

const METHODS = ['get', 'put', 'post', 'patch', 'delete']

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

/** Every value under a key, at any depth. */
function valuesOf(key: string, node: unknown): unknown[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([name, value]) => [
    ...(name === key ? [value as unknown] : []),
    ...valuesOf(key, value),
  ])
}

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 with title and version', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.info).toMatchObject({ title: 'Loadstar', version: '1.2.3' })
  })

  it('has every route of the server but its own pages, and the gateway’s', () => {
    const described = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`)
    const served = api.routes
      .filter((route) => !/^(HEAD|OPTIONS) | \/docs| \/openapi\.json$| \/$/.test(route))
      .map((route) => route.replace(/:(\w+)/g, '{$1}'))
    const ofGateway = [
      'chat/completions',
      'completions',
      'embeddings',
      'responses',
      'messages',
      'messages/count_tokens',
    ].map((path) => `POST /v1/${path}`)
    expect(described.sort()).toEqual(
      [...served, ...ofGateway, 'GET /v1/models', 'GET /v1/models/{id}'].sort(),
    )
  })

  it('has in each operation what 3.1 asks for, and a summary and a known tag', () => {
    const tags = document.tags.map(({ name }) => name)
    for (const { path, method, operation } of operations()) {
      const where = `${method} ${path}`
      expect(METHODS, where).toContain(method)
      expect(operation.summary, where).toBeTypeOf('string')
      expect(tags, where).toEqual(expect.arrayContaining([...(operation.tags ?? ['none'])]))
      expect(Object.keys(operation.responses).length, where).toBeGreaterThan(0)
      for (const [status, { description }] of Object.entries(operation.responses)) {
        expect(status, where).toMatch(/^[1-5]\d\d$/)
        expect(description.length, `${where} ${status}`).toBeGreaterThan(0)
        expect(description, `${where} ${status}`).not.toBe('Default Response')
      }
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const parameters = operation.parameters ?? []
      expect(
        parameters.filter((each) => each.in === 'path').map(({ name }) => name),
        where,
      ).toEqual(inPath)
      for (const each of parameters) expect(each.schema, `${where} ${each.name}`).toBeTypeOf('object')
    }
  })

  it('tells that each path of the gateway refuses other methods, and how', () => {
    const ofGateway = operations().filter(({ path }) => path.startsWith('/v1/'))
    expect(ofGateway).toHaveLength(8)
    for (const { path, operation } of ofGateway) {
      expect(operation.responses['405'], path).toMatchObject({ headers: { allow: {} } })
    }
  })

  it('refers to nothing that is not there, and defines nothing unused', () => {
    const references = valuesOf('$ref', document)
    expect(references.length).toBeGreaterThan(0)
    const defined = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect([...new Set(references)].sort()).toEqual(defined.sort())
  })

  it('closes every object a client sends, and describes each of its fields', () => {
    const bodies = operations()
      .filter(({ path }) => path.startsWith('/api/'))
      .flatMap(({ operation }) => valuesOf('schema', operation.requestBody))
    expect(bodies.length).toBe(13)
    for (const body of bodies as { additionalProperties: unknown; properties: Record<string, object> }[]) {
      expect(body.additionalProperties).toBe(false)
      for (const [name, field] of Object.entries(body.properties)) {
        expect(valuesOf('description', field).length, name).toBeGreaterThan(0)
      }
    }
  })
})
