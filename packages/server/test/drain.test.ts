import { afterEach, describe, expect, it } from 'vitest'
import { listen, type Received } from '../src/api/events/event-reader.contract.js'
import { serve, stop, temporaryFolder } from './processes.js'
import { answering, beginning, event, startUpstream, type ScriptedUpstream } from './scripted-upstream.js'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function upstreamOf(behaviour: Parameters<typeof startUpstream>[0]): Promise<ScriptedUpstream> {
  const upstream = await startUpstream(behaviour)
  cleanups.push(() => upstream.stop())
  return upstream
}

interface State {
  readonly id: string
  readonly in_flight: number
}

describe.each([1, 2])('a model that is taken out of service, with %i workers', (workers) => {
  it('gets nothing new, finishes what runs there, and is back at once, while traffic goes on elsewhere', async () => {
    let finish: () => void = () => undefined
    const first = await upstreamOf(
      beginning(event({ content: 'slow' }), (_req, res) => {
        finish = () => res.end(`${event({}, 'stop')}data: [DONE]\n\n`)
      }),
    )
    const second = await upstreamOf(answering('from the second'))
    const folder = temporaryFolder()
    cleanups.push(() => folder.remove())
    const yaml = `
models:
  - { id: first, alias: chat, base_url: '${first.url}', max_concurrent: 4, capabilities: { general: 1 } }
  - { id: second, alias: chat, base_url: '${second.url}', max_concurrent: 4, capabilities: { general: 0.2 } }
agents: [{ id: a, capabilities: [general] }]
storage: { url: 'file::memory:' }
`
    const gateway = await serve(folder.path, yaml, workers)
    cleanups.push(() => stop(gateway))
    const { url } = gateway
    const ask = (model: string, isStream = false) =>
      fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-agent-id': 'a' },
        body: JSON.stringify({ model, stream: isStream, messages: [{ role: 'user', content: 'hi' }] }),
      })
    const operate = async (body: object) => {
      const answer = await fetch(`${url}/api/v1/model-router/models/first`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(answer.status).toBe(200)
    }
    const reader = await listen(url, '?interval_ms=250')
    const state = async (wanted: object) => {
      const isWanted = ({ event: name, data }: Received) =>
        name === 'fleet' &&
        (data['models'] as readonly State[]).some(
          (model) =>
            model.id === 'first' &&
            Object.entries(wanted).every(([key, value]) => model[key as 'id'] === value),
        )
      await reader.next(isWanted)
    }

    const running = await ask('chat', true)
    expect(running.headers.get('x-loadstar-model')).toBe('first')
    await state({ in_flight: 1, is_enabled: true, is_draining: false, max_concurrent: 4 })
    await operate({ enabled: false })
    await state({ in_flight: 1, is_enabled: false, is_draining: true, max_concurrent: 4, utilization: 0.25 })
    for (let i = 0; i < 6; i++) expect((await ask('chat')).headers.get('x-loadstar-model')).toBe('second')
    const named = await ask('first')
    expect([named.status, named.headers.get('x-loadstar-reason')]).toEqual([503, 'no_model_available'])
    expect([first.calls, second.calls]).toEqual([1, 6])
    finish()
    expect(await running.text()).toContain('[DONE]')
    await state({ in_flight: 0, is_enabled: false, is_draining: false })
    first.behave(answering('from the first'))
    await operate({ enabled: true })
    expect((await ask('chat')).headers.get('x-loadstar-model')).toBe('first')
    reader.leave()
  })
})
