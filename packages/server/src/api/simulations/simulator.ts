import { randomUUID } from 'node:crypto'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { StoreUnavailable } from '../../registry/store.js'
import { ApiError } from '../error-envelope.js'
import type { WhatIfResult } from './perform.js'
import type { RowsMessage, SimulationOutcome, SimulationTask } from './simulation-worker.js'
import type { WhatIf } from './what-if.js'

export const SIMULATION_STATUSES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

/** A simulation as it stands. */
export interface Simulation {
  readonly id: string
  readonly status: (typeof SIMULATION_STATUSES)[number]
  /** 0..1. */
  readonly progress: number
  readonly createdMs: number
  readonly endedMs: number | null
  readonly error: { readonly code: string; readonly param: string | null; readonly message: string } | null
  readonly result: WhatIfResult | null
}

interface SimulatorOptions {
  /** Unix milliseconds. */
  readonly clock: () => number
  /** Hears of every simulation that went on, several times a second at most. */
  readonly changed: (simulation: Simulation) => void
  readonly workerFile?: URL
  /** Milliseconds for one, waiting not included. */
  readonly timeLimitMs?: number
}

/** What gives the recorded requests, a piece of lines at a time. */
type Rows = () => AsyncIterable<string>

const WORKER_FILE = new URL('./simulation-worker.js', import.meta.url)
const TIME_LIMIT_MS = 120_000
/** One processor's work at once: live traffic needs the others. */
const THREADS = 1
const MOST_WAITING = 4
/** Simulations that have ended and can be read. */
const MOST_KEPT = 20
const TELL_EVERY_MS = 200
const IDLE_THREAD_MS = 30_000

interface Entry {
  simulation: Simulation
  readonly stop: AbortController
  toldMs: number
}

/** Runs simulations in a worker thread, one at a time, and remembers the latest. */
export class Simulator {
  readonly #options: SimulatorOptions
  readonly #entries = new Map<string, Entry>()
  #pool: Piscina | undefined

  constructor(options: SimulatorOptions) {
    this.#options = options
  }

  /** @throws {ApiError} 503 `simulator_busy`. */
  start(whatIf: WhatIf, rows: Rows | undefined): Simulation {
    const open = this.list().filter(({ status }) => status === 'queued' || status === 'running')
    if (open.length >= THREADS + MOST_WAITING) {
      const message = `${MOST_WAITING} simulations are waiting already: let one end, or cancel it`
      throw new ApiError(503, 'simulator_busy', message)
    }
    const simulation: Simulation = {
      id: randomUUID(),
      status: 'queued',
      progress: 0,
      createdMs: this.#options.clock(),
      endedMs: null,
      error: null,
      result: null,
    }
    const entry: Entry = { simulation, stop: new AbortController(), toldMs: -Infinity }
    this.#entries.set(simulation.id, entry)
    this.#forgetOldest()
    this.#put(entry, {})
    void this.#run(entry, whatIf, rows)
    return simulation
  }

  find(id: string): Simulation | undefined {
    return this.#entries.get(id)?.simulation
  }

  /** The latest first. */
  list(): readonly Simulation[] {
    return [...this.#entries.values()].map(({ simulation }) => simulation).reverse()
  }

  /** Ends one that has not ended, and forgets one that has. @returns what it was, if anything. */
  cancel(id: string): Simulation | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    if (entry.simulation.endedMs !== null) this.#entries.delete(id)
    else this.#end(entry, { status: 'cancelled' })
    entry.stop.abort()
    return entry.simulation
  }

  async close(): Promise<void> {
    for (const { simulation } of this.#entries.values()) {
      if (simulation.endedMs === null) this.cancel(simulation.id)
    }
    await this.#pool?.destroy()
  }

  async #run(entry: Entry, whatIf: WhatIf, rows: Rows | undefined): Promise<void> {
    const { port1: near, port2: port } = new MessageChannel()
    let timer: NodeJS.Timeout | undefined
    const begun = new Promise<void>((resolve) => {
      near.on('message', (share: number) => {
        this.#put(entry, { status: 'running', progress: share })
        timer ??= this.#limit(entry)
        resolve()
      })
    })
    near.unref()
    try {
      this.#pool ??= this.#openPool()
      const task: SimulationTask = { whatIf, port }
      const outcome = this.#pool.run(task, { signal: entry.stop.signal, transferList: [port] })
      const [ended] = await Promise.all([
        outcome as Promise<SimulationOutcome>,
        rows && begun.then(() => send(rows, near, entry.stop.signal)),
      ])
      if (ended.kind === 'done') this.#end(entry, { status: 'done', progress: 1, result: ended.result })
      else this.#fail(entry, ended)
    } catch (error) {
      this.#fail(entry, reasonOf(error))
      // The thread would wait for rows that nobody sends any more.
      entry.stop.abort()
    } finally {
      clearTimeout(timer)
      near.close()
    }
  }

  #limit(entry: Entry): NodeJS.Timeout {
    const { timeLimitMs = TIME_LIMIT_MS } = this.#options
    return setTimeout(() => {
      const message = `it took longer than ${timeLimitMs} ms: choose a shorter window`
      this.#fail(entry, { code: 'simulation_timeout', param: null, message })
      entry.stop.abort()
    }, timeLimitMs).unref()
  }

  #fail(entry: Entry, { code, param, message }: NonNullable<Simulation['error']>): void {
    this.#end(entry, { status: 'failed', error: { code, param, message } })
  }

  /** What has ended stays as it ended. */
  #end(entry: Entry, fields: Partial<Simulation>): void {
    entry.toldMs = -Infinity
    this.#put(entry, { ...fields, endedMs: this.#options.clock() })
  }

  #put(entry: Entry, fields: Partial<Simulation>): void {
    if (entry.simulation.endedMs !== null) return
    entry.simulation = { ...entry.simulation, ...fields }
    const nowMs = this.#options.clock()
    if (nowMs - entry.toldMs < TELL_EVERY_MS) return
    entry.toldMs = nowMs
    this.#options.changed(entry.simulation)
  }

  #forgetOldest(): void {
    const ended = [...this.#entries.values()].filter(({ simulation }) => simulation.endedMs !== null)
    for (const { simulation } of ended.slice(0, Math.max(0, ended.length - MOST_KEPT))) {
      this.#entries.delete(simulation.id)
    }
  }

  #openPool(): Piscina {
    const { workerFile = WORKER_FILE } = this.#options
    return new Piscina({
      filename: workerFile.href,
      minThreads: 0,
      maxThreads: THREADS,
      maxQueue: MOST_WAITING,
      idleTimeout: IDLE_THREAD_MS,
    })
  }
}

/** Piece by piece, so that no thread ever holds all of it as one text. */
async function send(rows: Rows, near: MessagePort, signal: AbortSignal): Promise<void> {
  for await (const piece of rows()) {
    if (signal.aborted) return
    near.postMessage(piece satisfies RowsMessage)
  }
  near.postMessage(null satisfies RowsMessage)
}

function reasonOf(error: unknown): NonNullable<Simulation['error']> {
  if (error instanceof ApiError) {
    return { code: error.code, param: error.param, message: error.message }
  }
  if (error instanceof StoreUnavailable) {
    return { code: 'storage_unavailable', param: null, message: error.message }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'simulation_failed', param: null, message }
}
