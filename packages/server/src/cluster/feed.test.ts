import { describe, expect, it, vi } from 'vitest'
import type { RegistryChange, RosterSnapshot } from '../registry/registry-change.js'
import { Feed } from './feed.js'
import type { ToWorker } from './message.js'

const CHANGE: RegistryChange = { kind: 'agent_removed', id: 'a' }

function world(patienceMs = 60_000) {
  let tell: (change: RegistryChange) => Promise<void> = () => Promise.resolve()
  const source = {
    version: 1,
    snapshot: (): RosterSnapshot => ({ version: source.version, models: [], agents: [], assignments: [] }),
    onChange: (listener: typeof tell) => void (tell = listener),
  }
  const warned: object[] = []
  const feed = new Feed({ source, patienceMs, log: { warn: (fields) => void warned.push(fields) } })
  const followed = (name: string) => {
    const told: ToWorker[] = []
    return { told, ...feed.follow(name, (message) => void told.push(message)) }
  }
  const change = () => {
    source.version++
    const state = { isDone: false }
    void tell(CHANGE).then(() => (state.isDone = true))
    return state
  }
  return { followed, change, warned }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a change of the catalog', () => {
  it('is done when every worker has it, and not before', async () => {
    const { followed, change } = world()
    const [one, two] = [followed('one'), followed('two')]
    const changed = change()
    expect([one.told, two.told]).toEqual([[['change', 2, CHANGE]], [['change', 2, CHANGE]]])
    one.known(2)
    await turn()
    expect(changed.isDone).toBe(false)
    two.known(2)
    await turn()
    expect(changed.isDone).toBe(true)
  })

  it('does not wait for workers that died or that came after it', async () => {
    const { followed, change } = world()
    const dead = followed('dead')
    const changed = change()
    expect(followed('late').snapshot.version).toBe(2)
    dead.gone()
    await turn()
    expect(changed.isDone).toBe(true)
    expect(dead.told).toHaveLength(1)
  })

  it('does not wait for ever for one that is stopped, and says for whom', async () => {
    const { followed, change, warned } = world(1)
    followed('stopped')
    const changed = change()
    await vi.waitFor(() => expect(changed.isDone).toBe(true))
    expect(warned).toEqual([{ workers: ['stopped'], version: 2 }])
  })
})
