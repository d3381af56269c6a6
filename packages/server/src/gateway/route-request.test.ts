import { PRIORITIES, type Priority } from '@loadstar/core'
import { describe, expect, it } from 'vitest'
import { agentEntry } from './catalog-fixture.contract.js'
import type { Caller } from './caller.js'
import type { Identity } from './identify.js'
import { routeRequestOf } from './route-request.js'

const ANY: Identity = { target: { kind: 'any' }, mustHave: [], wantsExplanation: false }
const bytes = Buffer.from('{"model":"auto","messages":[]}')
const body = { bytes, model: 'auto', isStream: false, spans: new Map() }
const traits = (identity: Partial<Identity>, highest: Priority = 'system', caller?: Caller) =>
  routeRequestOf({ identity: { ...ANY, ...identity }, caller, body, requestId: 'r' }, [], highest)

describe('what the router is told of a request', () => {
  it('a priority beyond the highest allowed is lowered to it, and others stay', () => {
    for (const [most, highest] of PRIORITIES.entries()) {
      for (const [rank, priority] of PRIORITIES.entries()) {
        expect(traits({ priority }, highest).priority).toBe(PRIORITIES[Math.max(rank, most)])
      }
    }
    expect([traits({}).priority, traits({}, 'bulk').priority]).toEqual(['default', 'bulk'])
  })

  it('its kind is that of the agent, else of the task, else of the name; agents share, else keys', () => {
    const agent = agentEntry('coder')
    expect(traits({ agent, task: 'math' })).toMatchObject({ kind: 'coder', tenant: 'coder' })
    expect(traits({ task: 'math' })).toMatchObject({ kind: 'math' })
    expect(traits({})).toMatchObject({ kind: 'auto' })
    expect(traits({})).not.toHaveProperty('tenant')
    const caller: Caller = { keyId: 'k', role: 'client', agents: undefined, highestPriority: undefined }
    expect(traits({}, 'system', caller)).toMatchObject({ tenant: 'k' })
    expect(traits({ agent }, 'system', caller)).toMatchObject({ tenant: 'coder' })
  })

  it('its bytes are those of its body, its tokens a quarter of them', () => {
    expect(traits({})).toMatchObject({ bytes: bytes.length, inputTokens: Math.ceil(bytes.length / 4) })
  })
})
