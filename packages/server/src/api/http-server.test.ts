import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PREFIX, startApi, type RunningApi } from './api-fixture.contract.js'

let api: RunningApi
let url: string
beforeEach(async () => {
  api = await startApi({
    gateway: (req, res) => res.end(JSON.stringify({ gateway: req.url })),
  })
  url = await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(() => api.close())

/** Sends bytes as they are and returns all that comes back until the server closes. */
async function exchange(bytes: string): Promise<string> {
  const socket = connect((api.app.server.address() as AddressInfo).port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (part: string) => (text += part))
  socket.write(bytes)
  await once(socket, 'close')
  return text
}

describe('one port', () => {
  it('gives the gateway what begins with /v1/, and nothing else', async () => {
    for (const path of ['/v1/chat/completions', '/v1/models?x=1', '/v1/']) {
      expect(await (await fetch(url + path)).json()).toEqual({ gateway: path })
    }
    for (const path of ['/v1', '/v11/x', '/api/v1/x', '/x/v1/']) {
      const answer = await fetch(url + path)
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ error: { code: 'unknown_route' } })
    }
  })

  it('serves the API, its errors in the envelope and as JSON', async () => {
    const ok = await fetch(`${url}${PREFIX}/stats`)
    expect(await ok.json()).toMatchObject({ success: true })
    const bad = await fetch(`${url}${PREFIX}/agents`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"id": "a"',
    })
    expect([bad.status, bad.headers.get('content-type')]).toEqual([400, 'application/json; charset=utf-8'])
    expect(await bad.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'invalid_json' } })
  })

  it('shows the page for people without reaching out to the network', async () => {
    const page = await fetch(`${url}/docs/`)
    expect(page.status).toBe(200)
    const html = await page.text()
    const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset]) => asset ?? '')
    expect(assets.length).toBeGreaterThan(2)
    for (const asset of assets) {
      expect(asset).not.toMatch(/^(https?:)?\/\//)
      const answer = await fetch(new URL(asset, `${url}/docs/`))
      expect(answer.status).toBe(200)
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0)
    }
  })
})

describe('what is not a request', () => {
  it('is answered in the envelope, and the connection closed', async () => {
    const answer = await exchange('NONSENSE\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('"code":"invalid_http"')
  })

  it('or has endless headers is told the limit', async () => {
    const answer = await exchange(`GET /livez HTTP/1.1\r\nhost: x\r\nx-big: ${'x'.repeat(40_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect(answer).toContain('headers must be ≤ 32768 bytes')
  })

  it('whose body stops short is given up by its client, and the server goes on', async () => {
    const head = `POST ${PREFIX}/agents HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`
    const socket = connect((api.app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.end(`${head}content-length: 100\r\n\r\n{"id"`)
    socket.resume()
    await once(socket, 'close')
    expect((await fetch(`${url}/livez`)).status).toBe(200)
  })
})
