import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { DecisionRow } from '../history/decision-row.js'
import type {
  DecisionPage,
  DecisionQuery,
  ExportFormat,
  ExportPiece,
  HistoryStore,
  Retention,
} from '../history/store.js'
import { StoreUnavailable } from '../registry/store.js'
import { OPENED, type HistoryAnswer, type HistoryCall } from './history-call.js'
import { StorageError } from './storage-error.js'

/** The compiled program, also for those who run the sources: threads do not read TypeScript. */
const PROGRAM = createRequire(import.meta.url).resolve('#history-worker')

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * The history in a thread: calls to a file block whoever makes them, and here they must not. A thread that dies fails
 * what was asked of it, and the next call starts another.
 */
export class HistoryThread implements HistoryStore {
  readonly #place: string
  #worker: Worker | undefined
  #waiting = new Map<number, Waiting>()
  #calls: number = OPENED
  #isClosed = false

  private constructor(place: string) {
    this.#place = place
  }

  /**
   * @param place - a path, `:memory:`, or the URL of a server.
   * @throws {StorageError} when it cannot be opened.
   */
  static async open(place: string): Promise<HistoryThread> {
    const thread = new HistoryThread(place)
    await thread.#start()
    return thread
  }

  append(rows: string): Promise<void> {
    return this.#call('append', rows) as Promise<void>
  }

  find(decisionId: string): Promise<DecisionRow | undefined> {
    return this.#call('find', decisionId) as Promise<DecisionRow | undefined>
  }

  page(query: DecisionQuery): Promise<DecisionPage> {
    return this.#call('page', query) as Promise<DecisionPage>
  }

  piece(query: DecisionQuery, format: ExportFormat): Promise<ExportPiece> {
    return this.#call('piece', query, format) as Promise<ExportPiece>
  }

  forget(retention: Retention): Promise<number> {
    return this.#call('forget', retention) as Promise<number>
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const worker = this.#worker
    if (worker === undefined) return
    await this.#ask('close')
    // Whatever a library of its left running.
    await worker.terminate()
  }

  #start(): Promise<unknown> {
    const worker = new Worker(PROGRAM, { workerData: this.#place, execArgv: [] })
    const waiting = new Map<number, Waiting>()
    const fail = (error: Error): void => {
      if (this.#worker === worker) this.#worker = undefined
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    }
    worker.on('message', (answer: HistoryAnswer) => {
      const asked = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.kind === 'done') asked?.resolve(answer.value)
      else asked?.reject(errorOf(answer.error))
    })
    worker.on('error', fail)
    worker.on('exit', (code) => fail(new StorageError(`the thread of the history ended with code ${code}`)))
    this.#worker = worker
    this.#waiting = waiting
    return new Promise((resolve, reject) => {
      waiting.set(OPENED, {
        resolve,
        reject: (error) => {
          void worker.terminate()
          reject(error)
        },
      })
    })
  }

  async #call(method: HistoryCall['method'], ...args: readonly unknown[]): Promise<unknown> {
    if (this.#isClosed) throw new StorageError('the history is closed')
    if (this.#worker === undefined) await this.#start()
    return this.#ask(method, ...args)
  }

  #ask(method: HistoryCall['method'], ...args: readonly unknown[]): Promise<unknown> {
    const call: HistoryCall = { id: ++this.#calls, method, args }
    return new Promise((resolve, reject) => {
      this.#waiting.set(call.id, { resolve, reject })
      this.#worker?.postMessage(call)
    })
  }
}

function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  if (name === 'StorageError') return new StorageError(message)
  if (name === 'StoreUnavailable') return new StoreUnavailable(message)
  return new Error(message)
}
