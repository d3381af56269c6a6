import { afterEach, describe, expect, it } from 'vitest'
import { listen } from '../src/api/events/event-reader.contract.js'
import { serve, stop, temporaryFolder } from './processes.js'
import { answering, startUpstream } from './scripted-upstream.js'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const KEYS = { TEAM_KEY: 'sk-team-0123456789abcdef', BOARD_KEY: 'sk-board-0123456789abcdef' }

async function gatewayOf(workers: number): Promise<string> {
  const folder = temporaryFolder()
  const upstream = await startUpstream(answering('hello'))
  const yaml = `
models: [{ id: m, base_url: '${upstream.url}', max_concurrent: 4 }]
agents: [{ id: coder }]
auth:
  keys:
    - { id: team, key: '\${TEAM_KEY}' }
    - { id: board, key: '\${BOARD_KEY}', role: viewer }
storage: { url: 'file::memory:' }
`
  Object.assign(process.env, KEYS)
  const gateway = await serve(folder.path, yaml, workers)
  for (const name of Object.keys(KEYS)) Reflect.deleteProperty(process.env, name)
  cleanups.push(
    () => folder.remove(),
    () => upstream.stop(),
    () => stop(gateway),
  )
  return gateway.url
}

function ask(url: string, requestId: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${KEYS.TEAM_KEY}`,
      'content-type': 'application/json',
      'x-agent-id': 'coder',
      'x-request-id': requestId,
    },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hi' }] }),
  })
}

describe.each([1, 2])('live events of a gateway with keys and %i workers', (workers) => {
  it('tell a viewer of every request that ends, why it was sent where, and end at once when it stops', async () => {
    const url = await gatewayOf(workers)
    const reader = await listen(url, '?interval_ms=250', { authorization: `Bearer ${KEYS.BOARD_KEY}` })
    await reader.named('alerts')
    expect((await ask(url, 'seen')).status).toBe(200)
    const { data } = await reader.named('decisions')
    expect(data).toMatchObject({
      omitted: 0,
      decisions: [
        {
          request_id: 'seen',
          key_id: 'team',
          agent_id: 'coder',
          model_id: 'm',
          considered: { policy: 'bid', models: [['m', expect.any(Number), 0, expect.any(Number), null]] },
        },
      ],
    })
    const fleet = await reader.next(
      ({ event, data }) => event === 'fleet' && (data['flows'] as readonly unknown[]).length > 0,
    )
    expect(fleet.data['flows']).toEqual([{ agent: 'coder', model: 'm', requests: 1 }])
    const stopped = cleanups.pop()?.()
    await reader.ended
    await stopped
  })

  it('are not for keys of role client, nor without one', async () => {
    const url = await gatewayOf(workers)
    await expect(listen(url)).rejects.toThrow(/401.*invalid_api_key/)
    await expect(listen(url, '', { authorization: `Bearer ${KEYS.TEAM_KEY}` })).rejects.toThrow(
      /403.*forbidden/,
    )
  })
})
