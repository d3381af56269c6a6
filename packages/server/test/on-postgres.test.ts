import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasPostgres, startPostgres, type PostgresServer } from './postgres-server.js'
import { serve, temporaryFolder } from './processes.js'

describe.runIf(hasPostgres)('an instance on PostgreSQL', () => {
  const folder = temporaryFolder()
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(async () => {
    await server.remove()
    folder.remove()
  })

  it('has after kill -9 what its API acknowledged, and answers while the server is away', async () => {
    const yaml = `storage: { url: ${JSON.stringify(await server.createDatabase())} }`
    const model = { id: 'kept', base_url: 'http://127.0.0.1:9/v1', max_concurrent: 3 }
    const first = await serve(folder.path, yaml)
    const models = (url: string) => `${url}/api/v1/model-router/models`
    const add = (url: string, body: object) =>
      fetch(models(url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await add(first.url, model)).status).toBe(201)
    await server.stop()
    // Read from memory; only what has to be stored cannot be had.
    expect(await (await fetch(models(first.url))).json()).toMatchObject({ models: [{ id: 'kept' }] })
    const refused = await add(first.url, { ...model, id: 'lost' })
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({
      error: { code: 'storage_unavailable', message: expect.stringContaining('ECONNREFUSED') as string },
    })
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    await server.start()
    const second = await serve(folder.path, yaml)
    const { models: kept } = (await (await fetch(models(second.url))).json()) as { models: { id: string }[] }
    expect(kept.map(({ id }) => id)).toEqual(['kept'])
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
  })
})
