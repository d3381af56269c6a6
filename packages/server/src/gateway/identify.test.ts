import { PRIORITIES, TASK_TYPES } from '@loadstar/core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Catalog } from '../registry/catalog.js'
import { agentEntry, modelEntry, registryOf } from './catalog-fixture.contract.js'
import { identify, type Identity } from './identify.js'

let catalog: Catalog
beforeAll(async () => {
  catalog = await registryOf(
    [
      modelEntry('atlas', { alias: 'chat' }),
      modelEntry('breeze', { alias: 'chat' }),
      modelEntry('team/dune'),
    ],
    [agentEntry('coder'), agentEntry('team/poet')],
  )
})

function identityOf(model: string, headers: Record<string, string> = {}): Identity {
  const identity = identify(model, headers, catalog)
  if ('status' in identity) throw new Error(identity.message)
  return identity
}

describe('the model’s name', () => {
  it.each([
    ['atlas', { kind: 'model', id: 'atlas' }],
    ['team/dune', { kind: 'model', id: 'team/dune' }],
    ['chat', { kind: 'alias', alias: 'chat' }],
    ['auto', { kind: 'any' }],
    ['agent/coder', { kind: 'any' }],
    ['agent/team/poet', { kind: 'any' }],
  ])('%s means %j', (name, target) => {
    expect(identityOf(name).target).toEqual(target)
  })

  it('auto/<task> asks for the task, for every task there is', () => {
    for (const task of TASK_TYPES)
      expect(identityOf(`auto/${task}`)).toMatchObject({ target: { kind: 'any' }, task })
  })

  it('that nobody knows is refused and never taken for another', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30 }), (name) => {
        const known = ['atlas', 'breeze', 'team/dune', 'chat', 'auto', 'agent/coder', 'agent/team/poet']
        fc.pre(!known.includes(name) && !TASK_TYPES.some((task) => name === `auto/${task}`))
        expect(identify(name, {}, catalog)).toMatchObject({ type: 'invalid_request_error', param: 'model' })
      }),
    )
    for (const name of ['Atlas', 'atlas ', 'auto/', 'agent/', 'agent/nobody', 'constructor', '__proto__']) {
      expect(identify(name, {}, catalog), name).toMatchObject({ param: 'model' })
    }
  })
})

describe('the agent', () => {
  it('is that of the header, unless the model’s name tells another', () => {
    expect(identityOf('auto').agent).toBeUndefined()
    expect(identityOf('auto', { 'x-agent-id': 'coder' }).agent?.id).toBe('coder')
    expect(identityOf('atlas', { 'x-agent-id': 'coder' }).agent?.id).toBe('coder')
    expect(identityOf('agent/coder', { 'x-agent-id': 'team/poet' }).agent?.id).toBe('coder')
  })

  it('whom nobody knows is refused by the header’s name', () => {
    expect(identify('auto', { 'x-agent-id': 'nobody' }, catalog)).toMatchObject({
      status: 404,
      code: 'agent_not_found',
      param: 'x-agent-id',
    })
  })
})

describe('what the model must be able to do', () => {
  it('is the same however the header orders, repeats and spaces the names', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z_]{1,8}$/), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.constantFrom(',', ' , ', ',,', ', ')), (wanted, commas) => {
        const shuffled = [...wanted, ...wanted.slice(0, 2)].reverse()
        const header = shuffled.map((name) => name + String(commas.next().value)).join('')
        const { mustHave } = identityOf('auto', { 'x-loadstar-require': header })
        expect(mustHave).toEqual([...wanted].sort())
      }),
    )
  })

  it('has an end', () => {
    const names = (count: number): string => Array.from({ length: count }, (_, i) => `c${i}`).join()
    expect(identityOf('auto', { 'x-loadstar-require': names(32) }).mustHave).toHaveLength(32)
    expect(identify('auto', { 'x-loadstar-require': names(33) }, catalog)).toMatchObject({
      param: 'x-loadstar-require',
      message: 'x-loadstar-require must name at most 32 capabilities, got 33',
    })
  })
})

describe('the deadline', () => {
  it('is a whole number of milliseconds ≥ 1, or none', () => {
    expect(identityOf('auto')).not.toHaveProperty('deadlineMs')
    expect(identityOf('auto', { 'x-loadstar-deadline-ms': '1' }).deadlineMs).toBe(1)
    expect(identityOf('auto', { 'x-loadstar-deadline-ms': '5000' }).deadlineMs).toBe(5000)
    for (const bad of ['', '0', '-1', '1.5', '1e3', 'soon', 'Infinity', '9'.repeat(13)]) {
      expect(identify('auto', { 'x-loadstar-deadline-ms': bad }, catalog), bad).toMatchObject({
        param: 'x-loadstar-deadline-ms',
      })
    }
  })
})

describe('the priority', () => {
  it('is one of those there are, or none', () => {
    expect(identityOf('auto')).not.toHaveProperty('priority')
    for (const priority of PRIORITIES) {
      expect(identityOf('auto', { 'x-loadstar-priority': priority }).priority).toBe(priority)
    }
    for (const bad of ['', 'urgent', 'Bulk', 'system, bulk']) {
      expect(identify('auto', { 'x-loadstar-priority': bad }, catalog), bad).toMatchObject({
        status: 400,
        param: 'x-loadstar-priority',
        message: `x-loadstar-priority must be one of system, interactive, default, bulk, got "${bad}"`,
      })
    }
  })
})

describe('the explanation', () => {
  it('is wanted with 1 only', () => {
    const wants = (value: string): boolean =>
      identityOf('auto', { 'x-loadstar-explain': value }).wantsExplanation
    expect([wants('1'), wants('0'), wants('true')]).toEqual([true, false, false])
    expect(identityOf('auto').wantsExplanation).toBe(false)
  })
})
