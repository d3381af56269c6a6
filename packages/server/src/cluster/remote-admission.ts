import type { AnswerResult, Candidate, Lease, LeaseOutcome, RouteRequest } from '@loadstar/core'
import type { Admission, AdmissionRequest, Entry, Granted, Verdict } from '../gateway/admission.js'
import type { ListReference, RequestWithoutCandidates, ToPrimary, ToWorker } from './message.js'

/** One that was asked for, and is not decided. */
interface Asked {
  readonly requestId: string
  readonly resolve: (verdict: Verdict | undefined) => void
  readonly reject: (error: Error) => void
}

/** Lists that have a number at most; then numbering begins anew. */
const MOST_LISTS = 4_096
/** Came once: lists made for one request alone never come again, and get no number. */
const SEEN = 0

/** The door to the router of the primary process. */
export class RemoteAdmission implements Admission {
  readonly #send: (message: ToPrimary) => void
  readonly #clock: () => number
  readonly #asked = new Map<number, Asked>()
  #numbers = new WeakMap<readonly Candidate[], number>()
  #listsGiven = 0
  #lastId = 0

  /** @param clock - of this process: only its own leases are dated by it. */
  constructor(send: (message: ToPrimary) => void, clock: () => number) {
    this.#send = send
    this.#clock = clock
  }

  enter({ candidates, ...request }: AdmissionRequest): Entry {
    const id = ++this.#lastId
    // Never nothing: that is an answer to `take` only.
    const verdict = this.#ask(id, 'enter', candidates, request) as Promise<Verdict>
    const leave = (): void => {
      if (this.#asked.has(id)) this.#send(['leave', id])
    }
    return { verdict, leave }
  }

  take({ candidates, ...request }: RouteRequest): Promise<Granted | undefined> {
    return this.#ask(++this.#lastId, 'take', candidates, request) as Promise<Granted | undefined>
  }

  settle(lease: Pick<Lease, 'id'>, outcome: LeaseOutcome, result: AnswerResult = {}): void {
    this.#send(['settle', lease.id, outcome, result])
  }

  firstToken(lease: Pick<Lease, 'id'>): void {
    this.#send(['first_token', lease.id])
  }

  close(): void {
    this.#send(['close'])
  }

  /** The catalog or the scores have changed: its lists are others from here on. */
  forgetLists(): void {
    this.#numbers = new WeakMap()
    this.#listsGiven = 0
    this.#send(['forget_lists'])
  }

  /** The primary is gone, and with it every slot: whoever waits is turned away. */
  lost(): void {
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const { resolve } of asked) {
      resolve({ kind: 'refused', outcome: 'rejected_draining', retryAfterMs: null })
    }
  }

  /** What the primary says to what was asked. */
  receive(message: ToWorker): void {
    switch (message[0]) {
      case 'granted': {
        const [, id, leaseId, modelId, waitedMs, decision, standing] = message
        const asked = this.#answered(id)
        if (asked === undefined) return
        const lease: Lease = {
          id: leaseId,
          requestId: asked.requestId,
          modelId,
          owner: '',
          acquiredMs: this.#clock(),
          waitedMs,
        }
        return asked.resolve({
          kind: 'granted',
          lease,
          ...(decision ? { decision } : {}),
          ...(standing ? { standing } : {}),
        })
      }
      case 'over_budget':
        return this.#answered(message[1])?.resolve({ kind: 'over_budget', breach: message[2] })
      case 'refused': {
        const [, id, outcome, retryAfterMs, decision] = message
        const rejection = { outcome, retryAfterMs, ...(decision ? { decision } : {}) }
        return this.#answered(id)?.resolve({ kind: 'refused', ...rejection })
      }
      case 'left':
        return this.#answered(message[1])?.resolve({ kind: 'left' })
      case 'nothing':
        return this.#answered(message[1])?.resolve(undefined)
      case 'wrong':
        return this.#answered(message[1])?.reject(new Error(message[2]))
      case 'start':
      case 'change':
      case 'learned':
      case 'drain':
      case 'abort':
      case 'stop':
    }
  }

  #ask(
    id: number,
    kind: 'enter' | 'take',
    candidates: readonly Candidate[],
    request: RequestWithoutCandidates,
  ): Promise<Verdict | undefined> {
    this.#send([kind, id, this.#referenceTo(candidates), request])
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { requestId: request.requestId, resolve, reject })
    })
  }

  #answered(id: number): Asked | undefined {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    return asked
  }

  #referenceTo(candidates: readonly Candidate[]): ListReference {
    const known = this.#numbers.get(candidates)
    if (known === undefined) {
      this.#numbers.set(candidates, SEEN)
      return candidates
    }
    if (known !== SEEN) return known
    if (this.#listsGiven >= MOST_LISTS) this.forgetLists()
    const number = ++this.#listsGiven
    this.#numbers.set(candidates, number)
    this.#send(['list', number, candidates])
    return number
  }
}
