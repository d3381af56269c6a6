import { expect, vi } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { KEY, startAnthropic, startOpenai, type ApiUpstream } from './api-upstream.js'
import { configOf, quietInstance } from './rig.js'

/** An instance before a backend of each API. */
export interface BothApis {
  readonly instance: Instance
  readonly openai: ApiUpstream
  readonly anthropic: ApiUpstream
  /** How often each outcome was counted, without those that never were. */
  outcomes(): Promise<Readonly<Record<string, number>>>
  /** Nothing is under way, here or there. */
  expectFree(): Promise<void>
  stop(): Promise<void>
}

/**
 * Models `chat` and `translated` (whose backend has no responses of its own) speak OpenAI, `claude` Anthropic; each has two
 * slots and one place in its queue. No model is given a rest for its failures.
 *
 * @param routing - the section of that name, as YAML.
 * @param server - as well.
 */
export async function startBothApis(routing = '', server = ''): Promise<BothApis> {
  const [openai, anthropic] = await Promise.all([startOpenai(), startAnthropic()])
  const common = `upstream_model: backend-name, api_key: '\${KEY}', max_concurrent: 2, target_utilization: 1, max_queue: 1`
  const config = configOf(
    `
models:
  - { id: chat, base_url: '${openai.url}', ${common} }
  - { id: translated, base_url: '${openai.url}', responses_api: translated, ${common} }
  - { id: claude, base_url: '${anthropic.url}', dialect: anthropic, ${common} }
server: { ${server} }
routing: { health: { breaker: { consecutive_failures: 0, min_success_rate: 0 } }, ${routing} }
`,
    { KEY },
  )
  const instance = await quietInstance(config)
  return {
    instance,
    openai,
    anthropic,
    outcomes: () => outcomesOf(instance.url),
    expectFree: () =>
      vi.waitFor(() => {
        expect(instance.snapshot()).toMatchObject({ inFlight: 0, waiting: 0 })
        expect([openai.active, anthropic.active]).toEqual([0, 0])
      }),
    async stop() {
      await instance.stop()
      await Promise.all([openai.stop(), anthropic.stop()])
    },
  }
}

/** Outcomes that an instance counted at least once. */
export async function outcomesOf(url: string): Promise<Readonly<Record<string, number>>> {
  const answer = await fetch(`${url}/api/v1/model-router/stats`)
  const { requests } = (await answer.json()) as { requests: Record<string, number> }
  return Object.fromEntries(Object.entries(requests).filter(([, count]) => count > 0))
}
