import type { Candidate } from '@loadstar/core'
import { describe, expect, it } from 'vitest'
import { admissionContract } from '../gateway/admission.contract.js'
import { Desk } from './desk.js'
import type { ToPrimary, ToWorker } from './message.js'
import { RemoteAdmission } from './remote-admission.js'
import { Shelf } from './shelf.js'
import { Wire } from './wire.js'
import { wirePair } from './wire-pair.contract.js'

admissionContract('over a wire', (local) => {
  const [near, far] = wirePair()
  const worker = new Wire<ToPrimary, ToWorker>(near, {
    receive: (message) => admission.receive(message),
    closed: () => undefined,
  })
  const primary = new Wire<ToWorker, ToPrimary>(far, {
    receive: (message) => desk.receive(message),
    closed: () => undefined,
  })
  const admission = new RemoteAdmission((message) => worker.send(message), Date.now)
  const desk = new Desk({
    admission: local,
    owner: 'worker-1',
    shelf: new Shelf(),
    reply: (message) => primary.send(message),
    log: { error: () => undefined },
  })
  return {
    admission,
    async arrived() {
      // There and back, each with a turn for sending and one for the stream.
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    },
  }
})

describe('a list of candidates', () => {
  const list = (id: string): readonly Candidate[] => [{ modelId: id, score: 1 }]
  const request = { requestId: 'r' }
  function told() {
    const sent: ToPrimary[] = []
    return { sent, admission: new RemoteAdmission((message) => void sent.push(message), Date.now) }
  }

  it('gets a number when it comes again, and is sent no more', () => {
    const { sent, admission } = told()
    const [a, b] = [list('a'), list('b')]
    for (const candidates of [a, b, a, a, b, a]) void admission.enter({ ...request, candidates })
    expect(sent).toEqual([
      ['enter', 1, a, request],
      ['enter', 2, b, request],
      ['list', 1, a],
      ['enter', 3, 1, request],
      ['enter', 4, 1, request],
      ['list', 2, b],
      ['enter', 5, 2, request],
      ['enter', 6, 1, request],
    ])
  })

  it('has none any more once the catalog has changed', () => {
    const { sent, admission } = told()
    const a = list('a')
    for (let n = 0; n < 2; n++) void admission.enter({ ...request, candidates: a })
    admission.forgetLists()
    void admission.take({ ...request, candidates: a })
    expect(sent.slice(3)).toEqual([['forget_lists'], ['take', 3, a, request]])
  })
})

describe('those who wait when the primary is lost', () => {
  it('are all turned away', async () => {
    const admission = new RemoteAdmission(() => undefined, Date.now)
    const { verdict } = admission.enter({ requestId: 'r', candidates: [] })
    admission.lost()
    expect(await verdict).toEqual({ kind: 'refused', outcome: 'rejected_draining', retryAfterMs: null })
  })
})
