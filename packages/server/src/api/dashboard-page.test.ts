import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/processes.js'
import type { Callers } from '../gateway/caller.js'
import { PREFIX, startApi, type RunningApi } from './api-fixture.contract.js'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const PAGE =
  '<!doctype html><title>Loadstar</title><script type="module" src="/assets/app-a1b2c3.js"></script>'
const SCRIPT = `console.log(${JSON.stringify('x'.repeat(2_000))})`

/** A page as its package builds it. */
function builtPage(): string {
  const folder = temporaryFolder()
  cleanups.push(() => folder.remove())
  mkdirSync(join(folder.path, 'assets'))
  for (const [name, text] of [
    ['index.html', PAGE],
    ['assets/app-a1b2c3.js', SCRIPT],
  ] as const) {
    writeFileSync(join(folder.path, name), text)
    writeFileSync(join(folder.path, `${name}.br`), brotliCompressSync(text))
    writeFileSync(join(folder.path, `${name}.gz`), gzipSync(text))
  }
  writeFileSync(join(folder.path, 'mark.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  return folder.path
}

async function served(
  dashboard: { isEnabled: boolean; folder: string },
  callers?: Callers,
): Promise<RunningApi & { readonly url: string }> {
  const api = await startApi({ dashboard, ...(callers ? { callers } : {}) })
  cleanups.push(() => api.close())
  return { ...api, url: await api.app.listen({ host: '127.0.0.1', port: 0 }) }
}

const NOBODY: Callers = {
  of: () => ({ status: 401, code: 'invalid_api_key', message: 'nobody is known' }) as never,
}
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

/** `fetch` would send its own `accept-encoding`, and tidy up the path. */
function raw(url: string, path: string, headers: Record<string, string>) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const req = request(url, { path, headers, agent: false }, (res) => {
        const parts: Buffer[] = []
        res.on('data', (part: Buffer) => parts.push(part))
        res.on('end', () =>
          resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(parts) }),
        )
      })
      req.on('error', reject).end()
    },
  )
}

describe('the dashboard', () => {
  it('is served at / with a policy that lets it load and reach nothing but this server, and asked for anew', async () => {
    const { url } = await served({ isEnabled: true, folder: builtPage() })
    const { status, headers, body } = await raw(url, '/', BROWSER)
    expect([status, body.toString()]).toEqual([200, PAGE])
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    })
    const again = await raw(url, '/', { ...BROWSER, 'if-none-match': String(headers['etag']) })
    expect(again.status).toBe(304)
  })

  it('keeps files named by their contents for ever, and sends them as small as the browser takes them', async () => {
    const { url } = await served({ isEnabled: true, folder: builtPage() })
    const path = '/assets/app-a1b2c3.js'
    const small = await raw(url, path, { 'accept-encoding': 'gzip, br' })
    expect(small.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'application/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    })
    expect(brotliDecompressSync(small.body).toString()).toBe(SCRIPT)
    expect((await raw(url, path, { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe('gzip')
    const plain = await raw(url, path, {})
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.body.toString()).toBe(SCRIPT)
    expect((await raw(url, '/mark.svg', { 'accept-encoding': 'br' })).status).toBe(200)
  })

  it('is what a browser gets at any path of its own, and at none of others', async () => {
    const { url } = await served({ isEnabled: true, folder: builtPage() })
    for (const path of ['/models', '/decisions/d-1', '/what-if?from=x']) {
      const answer = await fetch(url + path, { headers: BROWSER })
      expect([answer.status, await answer.text()], path).toEqual([200, PAGE])
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    }
    for (const path of ['/api/v1/none', `${PREFIX}/none`, '/assets/gone.js', '/docs/none', '/v1']) {
      const answer = await fetch(url + path, { headers: BROWSER })
      expect(answer.status, path).toBe(404)
      expect(await answer.json()).toMatchObject({ error: { code: expect.any(String) as string } })
    }
    const program = await fetch(`${url}/models`)
    expect(await program.json()).toMatchObject({ error: { code: 'unknown_route' } })
    const post = await fetch(`${url}/models`, { method: 'POST', headers: BROWSER })
    expect(post.status).toBe(404)
    expect(await (await fetch(`${url}/livez`, { headers: BROWSER })).json()).toEqual({ status: 'ok' })
    expect((await fetch(`${url}/docs/`, { headers: BROWSER })).status).toBe(200)
  })

  it('gives nothing outside its folder', async () => {
    const { url } = await served({ isEnabled: true, folder: builtPage() })
    for (const path of [
      '/../package.json',
      '/assets/../../x',
      '/..%2f..%2fetc%2fpasswd',
      '/assets/%2e%2e/%2e%2e/x',
    ]) {
      const answer = await raw(url, path, {})
      expect(answer.status, path).toBe(404)
    }
  })

  it('needs no key where the API does, however the path of the API is written', async () => {
    const { url } = await served({ isEnabled: true, folder: builtPage() }, NOBODY)
    for (const path of ['/', '/models', '/assets/app-a1b2c3.js']) {
      expect((await fetch(url + path, { headers: BROWSER })).status, path).toBe(200)
    }
    for (const path of [
      `${PREFIX}/models`,
      '/%61pi/v1/model-router/models',
      '/api/v1/model%2Drouter/models',
      '/metrics',
      '/api/v1/events',
    ]) {
      const answer = await raw(url, path, BROWSER)
      expect(answer.status, path).toBe(401)
    }
    for (const path of ['//api/v1/model-router/models', '/API/v1/model-router/models', '/./api/v1/events']) {
      const answer = await raw(url, path, BROWSER)
      expect(answer.body.toString(), path).not.toContain('success')
    }
  })

  it('that is not built says how, and where the API is described', async () => {
    const { url } = await served({ isEnabled: true, folder: join(builtPage(), 'none') }, NOBODY)
    const answer = await fetch(url, { headers: BROWSER })
    expect(answer.status).toBe(200)
    const text = await answer.text()
    expect(text).toContain('npm run build')
    expect(text).toContain('/docs/')
    expect((await fetch(`${url}/models`, { headers: BROWSER })).status).toBe(401)
  })

  it('that is switched off leaves / to the description of the API', async () => {
    const { url } = await served({ isEnabled: false, folder: builtPage() })
    const root = await fetch(url, { headers: BROWSER, redirect: 'manual' })
    expect([root.status, root.headers.get('location')]).toEqual([302, '/docs/'])
    expect((await fetch(`${url}/assets/app-a1b2c3.js`)).status).toBe(404)
  })
})
