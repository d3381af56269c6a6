import type { Candidate, LeaseOutcome } from '@loadstar/core'
import type { Admission, AdmissionRequest, Entry, Verdict } from '../gateway/admission.js'
import type { ListReference, RequestWithoutCandidates, ToPrimary, ToWorker } from './message.js'
import type { Shelf } from './shelf.js'

/** The primary's own door, and the end of an owner that died. */
interface OwnedAdmission extends Admission {
  ownerLost(owner: string): void
}

interface DeskOptions {
  readonly admission: OwnedAdmission
  /** Whose leases they are; no other process ever has this name. */
  readonly owner: string
  readonly shelf: Shelf
  readonly reply: (message: ToWorker) => void
  readonly log: { error(fields: object, message: string): void }
}

/** Where the primary serves one worker: its requests enter in the order it sent them, beside those of all others. */
export class Desk {
  readonly #options: DeskOptions
  readonly #entries = new Map<number, Entry>()
  readonly #lists = new Map<number, readonly Candidate[]>()
  #isClosed = false

  constructor(options: DeskOptions) {
    this.#options = options
  }

  /** Nothing once it is closed. Messages that are not about admission are passed over. */
  receive(message: ToPrimary): void {
    if (this.#isClosed) return
    const { admission } = this.#options
    switch (message[0]) {
      case 'list':
        this.#lists.set(message[1], this.#options.shelf.of(message[2]))
        return
      case 'forget_lists':
        this.#lists.clear()
        return
      case 'enter':
        return this.#enter(message[1], message[2], message[3])
      case 'take':
        return this.#take(message[1], message[2], message[3])
      case 'leave':
        return this.#entries.get(message[1])?.leave()
      case 'settle':
        return this.#settle(message[1], message[2], message[3])
      case 'first_token':
        return admission.firstToken({ id: message[1] })
      case 'close':
        return admission.close()
      case 'ready':
      case 'taken':
      case 'known':
      case 'ended':
      case 'hedges':
      case 'vitals':
      case 'drained':
    }
  }

  /**
   * The worker is dead and so are its connections: its leases end as `instance_lost`, its places in the queue are given
   * up. To be called when the process has ended and not before: its sockets close one by one, and this one may close
   * before a model has seen that its request is over.
   */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#entries.clear()
    this.#options.admission.ownerLost(this.#options.owner)
  }

  #enter(id: number, list: ListReference, request: RequestWithoutCandidates): void {
    try {
      const entry = this.#options.admission.enter(this.#owned(list, request))
      const { verdict } = entry
      if (!(verdict instanceof Promise)) return this.#tell(id, verdict)
      this.#entries.set(id, entry)
      void verdict.then((decided) => {
        this.#entries.delete(id)
        this.#tell(id, decided)
      })
    } catch (error) {
      this.#failed(id, error)
    }
  }

  #take(id: number, list: ListReference, request: RequestWithoutCandidates): void {
    try {
      void this.#options.admission.take(this.#owned(list, request)).then((granted) => this.#tell(id, granted))
    } catch (error) {
      this.#failed(id, error)
    }
  }

  #owned(list: ListReference, request: RequestWithoutCandidates): AdmissionRequest {
    const candidates = typeof list === 'number' ? this.#lists.get(list) : list
    if (candidates === undefined)
      throw new Error(`no list of candidates has the number ${JSON.stringify(list)}`)
    return { ...request, candidates, owner: this.#options.owner }
  }

  #settle(leaseId: number, outcome: LeaseOutcome, result: object): void {
    const { admission, log } = this.#options
    try {
      admission.settle({ id: leaseId }, outcome, result)
    } catch (error) {
      // Whatever the answer said of itself, the slot is free.
      log.error(
        { error, leaseId, outcome },
        'the result of an answer could not be taken; its lease ends without',
      )
      admission.settle({ id: leaseId }, outcome)
    }
  }

  #tell(id: number, verdict: Verdict | undefined): void {
    const { reply } = this.#options
    if (this.#isClosed) return
    if (verdict === undefined) return reply(['nothing', id])
    switch (verdict.kind) {
      case 'left':
        return reply(['left', id])
      case 'over_budget':
        return reply(['over_budget', id, verdict.breach])
      case 'granted': {
        const { lease, decision, standing } = verdict
        const { id: leaseId, modelId, waitedMs } = lease
        return reply(['granted', id, leaseId, modelId, waitedMs, decision ?? null, standing ?? null])
      }
      case 'refused': {
        const { outcome, retryAfterMs, decision } = verdict
        return reply(['refused', id, outcome, retryAfterMs, decision ?? null])
      }
    }
  }

  #failed(id: number, error: unknown): void {
    if (!this.#isClosed)
      this.#options.reply(['wrong', id, error instanceof Error ? error.message : String(error)])
  }
}
