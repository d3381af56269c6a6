import OpenAI from 'openai'
import type { Instance } from '../src/cli/instance.js'
import { configOf, quietInstance } from './rig.js'
import { answering, startUpstream, type ScriptedUpstream } from './scripted-upstream.js'

/** What a scripted upstream does with a request. */
export type Behaviour = Parameters<typeof startUpstream>[0]

export interface TwoModels {
  readonly instance: Instance
  readonly client: OpenAI
  readonly first: ScriptedUpstream
  readonly second: ScriptedUpstream
}

interface Options {
  readonly first: Behaviour
  /** Further options of the first model, as YAML. */
  readonly firstModel?: string
  /** Of the first and the second. */
  readonly slots: readonly [number, number]
  /** The section `routing`, as YAML. */
  readonly routing: string
}

/** Two models behind the alias `chat` and a client whose agent finds the first one better; all three are the caller's to stop. */
export async function startTwoModels({
  first: behaviour,
  firstModel = '',
  slots,
  routing,
}: Options): Promise<TwoModels> {
  const first = await startUpstream(behaviour)
  const second = await startUpstream(answering('from the second'))
  const instance = await quietInstance(
    configOf(`
models:
  - { id: first, alias: chat, base_url: '${first.url}', max_concurrent: ${slots[0]}, capabilities: { general: 1 } ${firstModel} }
  - { id: second, alias: chat, base_url: '${second.url}', max_concurrent: ${slots[1]}, capabilities: { general: 0.2 } }
agents: [{ id: a, capabilities: [general] }]
routing: { ${routing} }
`),
  )
  const client = new OpenAI({
    baseURL: `${instance.url}/v1`,
    apiKey: 'unused',
    maxRetries: 0,
    defaultHeaders: { 'x-agent-id': 'a' },
  })
  return { instance, client, first, second }
}
