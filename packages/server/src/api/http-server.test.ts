import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PREFIX, startApi, type Answer, type RunningApi } from './api-fixture.contract.js'

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
    expect(html).toContain('<title>Loadstar API</title>')
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

describe('the root', () => {
  it('leads to the page for people', async () => {
    const root = await fetch(`${url}/`, { redirect: 'manual' })
    expect([root.status, root.headers.get('location')]).toEqual([302, '/docs/'])
  })
})

describe('a body that is not taken', () => {
  const LARGE = 10_000_000

  /** Writes head and body to the end, and only then reads; returns the connection with the first that came. */
  async function writeThenRead(head: string, parts: Iterable<string>): Promise<string> {
    const socket = connect((api.app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.pause()
    const write = (text: string) =>
      new Promise<void>((resolve, reject) => {
        socket.write(text, (error) => (error ? reject(error) : resolve()))
      })
    await write(`${head}\r\nhost: localhost\r\n`)
    for (const part of parts) await write(part)
    socket.resume()
    const [first] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    return first.toString()
  }

  function* declared(): Iterable<string> {
    yield `content-length: ${LARGE}\r\n\r\n`
    for (let sent = 0; sent < LARGE; sent += 50_000) yield 'x'.repeat(50_000)
  }

  function* chunked(): Iterable<string> {
    yield 'transfer-encoding: chunked\r\n\r\n'
    for (let sent = 0; sent < LARGE; sent += 50_000) yield `c350\r\n${'x'.repeat(50_000)}\r\n`
    yield '0\r\n\r\n'
  }

  it.each([
    ['too large', 'agents', 'application/json', declared, 413],
    ['too large and of unknown length', 'agents', 'application/json', chunked, 413],
    ['of another type', 'agents', 'text/plain', declared, 415],
    ['without a route', 'nowhere', 'text/plain', declared, 404],
  ])('because it is %s is refused also to a client that sends everything before it reads', async (...row) => {
    const [, path, type, parts, status] = row
    const answer = await writeThenRead(`POST ${PREFIX}/${path} HTTP/1.1\r\ncontent-type: ${type}`, parts())
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`)
    expect(answer).toContain('"type":"invalid_request_error"')
    if (status === 413) {
      expect(answer).toMatch(
        /body must be at most 8388608 bytes \(server.max_body_bytes\), got \d{7,8} or more/,
      )
    }
  })
})

describe('a web page of another origin', () => {
  const CHANGING = /^(POST|PUT|DELETE|PATCH) /

  it('changes nothing by any route, with or without a body', async () => {
    const changing = api.routes.filter((route) => CHANGING.test(route))
    expect(changing).toHaveLength(19)
    const spare = { origin: 'https://evil.example', host: '127.0.0.1:8080' }
    for (const [method, path] of changing.map((route) => route.split(' '))) {
      for (const headers of [
        spare,
        { ...spare, origin: 'null' },
        { ...spare, 'sec-fetch-site': 'cross-site' },
      ]) {
        const answer = await api.app.inject({
          method: method as 'POST',
          url: path?.replace(':id', 'filed') ?? '',
          headers,
        })
        expect([answer.statusCode, answer.json<Answer>().error.code], `${method} ${path}`).toEqual([
          403,
          'cross_origin',
        ])
      }
    }
  })

  it('finds no content type that a browser sends without asking', async () => {
    const changing = api.routes.filter((route) => CHANGING.test(route))
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      undefined,
    ]
    for (const [method, path] of changing.map((route) => route.split(' '))) {
      for (const type of types) {
        const answer = await api.app.inject({
          method: method as 'POST',
          url: path?.replace(':id', 'filed') ?? '',
          headers: { 'content-length': '2', ...(type === undefined ? {} : { 'content-type': type }) },
          payload: Buffer.from('{}'),
        })
        expect(answer.statusCode, `${method} ${path} ${type}`).toBe(415)
      }
    }
  })

  it('gets no permission when it asks for it', async () => {
    for (const path of [`${PREFIX}/agents`, `${PREFIX}/agents/filed`]) {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'DELETE' }
      const answer = await fetch(url + path, { method: 'OPTIONS', headers })
      expect(answer.status).toBe(404)
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  it('is not mistaken for a page of this server, nor for a program', async () => {
    const ask = (headers: Record<string, string>) =>
      api.app.inject({ method: 'POST', url: `${PREFIX}/auto-assign-all?`, headers })
    const host = '127.0.0.1:8080'
    for (const headers of [
      {},
      { host, origin: `http://${host}` },
      { host, origin: 'https://behind.proxy', 'sec-fetch-site': 'same-origin' },
    ]) {
      expect((await ask(headers)).statusCode).toBe(200)
    }
  })
})

describe('the name a request was sent to', () => {
  const status = async (host: string, path = '/livez') => {
    const answer = await exchange(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
    return answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)
  }

  it('is one that cannot have been made to point here', async () => {
    for (const host of [
      '127.0.0.1',
      '127.0.0.1:8080',
      '[::1]:8080',
      'localhost',
      'LocalHost.:80',
      'app.localhost',
      'loadstar.example:443',
    ]) {
      expect(await status(host), host).toBe('200')
    }
    for (const host of [
      'evil.example',
      'evil.example:8080',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
    ]) {
      for (const path of ['/livez', '/v1/models', '/docs/'])
        expect(await status(host, path), host).toBe('403')
    }
  })

  it('may be any where it does not listen on loopback', async () => {
    await api.close()
    api = await startApi({ host: '0.0.0.0' })
    await api.app.listen({ host: '127.0.0.1', port: 0 })
    expect(await status('loadstar:8080')).toBe('200')
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
