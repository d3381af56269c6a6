import cluster, { type Worker } from 'node:cluster'
import { createServer, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ToPrimary, ToWorker, StartFailure, WorkerStart } from './message.js'
import { Wire } from './wire.js'

/** What the primary has for one worker: it hears all that the worker says, and once, at the very end, of its death. */
export interface Post {
  /** The first thing the worker is told. @param port - to listen on. */
  start(port: number): WorkerStart
  receive(message: ToPrimary): void
  /** The process has ended and all its sockets are closed. */
  ended(): void
}

interface CrewOptions {
  readonly workers: number
  /** Program that every worker runs; its channel is file descriptor `WIRE_FD`. */
  readonly program: string
  readonly host: string
  /** 0 picks a free one, the same for all. */
  readonly port: number
  /** @param name - no other worker of this process ever has it. */
  readonly post: (name: string, send: (message: ToWorker) => void) => Post
  readonly log: {
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

/** Where the crew listens. */
interface Address {
  readonly port: number
  readonly address: string
}

/** After stdin, stdout, stderr and the channel of node:cluster. A pair of sockets: nobody else can connect to it. */
export const WIRE_FD = 4

/** A worker that lived so long was sound, and is replaced at once. */
const SOUND_AFTER_MS = 10_000
const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 5_000
/** How long a worker may take to end its requests, or itself, once it was told to. */
const PATIENCE_MS = 3_000

interface Member {
  readonly name: string
  readonly worker: Worker
  readonly wire: Wire<ToWorker, ToPrimary>
  readonly bornMs: number
  isListening: boolean
  isDrained: boolean
  readonly ended: Promise<void>
}

/** The worker processes of this machine: starts them, replaces who dies, and stops them. */
export class Crew {
  readonly #options: CrewOptions
  readonly #members = new Set<Member>()
  #born = 0
  /** In a row. */
  #earlyDeaths = 0
  #restart: NodeJS.Timeout | undefined
  #missing = 0
  #isStopping = false
  #port = 0
  #address: Address | undefined
  /** Of the first start; nothing afterwards. */
  #starting: { listening(): void; failed(error: Error): void } | undefined
  #changed: () => void = () => undefined

  constructor(options: CrewOptions) {
    this.#options = options
  }

  /**
   * Starts all workers.
   *
   * @returns where they listen, once all of them do.
   * @throws the error of the first that could not; all are ended then.
   */
  async open(): Promise<Address> {
    cluster.setupPrimary({
      exec: this.#options.program,
      args: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    })
    const { host, port } = this.#options
    // Known beforehand: should all workers die at once the listening socket goes with them, and is opened again there.
    this.#port = port === 0 ? await freePort(host) : port
    try {
      await new Promise<void>((resolve, reject) => {
        const listening = (): void => {
          const all = [...this.#members]
          if (all.length === this.#options.workers && all.every((member) => member.isListening)) resolve()
        }
        this.#starting = { listening, failed: reject }
        for (let i = 0; i < this.#options.workers; i++) this.#add()
      })
    } catch (error) {
      this.#isStopping = true
      await this.kill()
      throw error
    }
    this.#starting = undefined
    if (this.#address === undefined) throw new Error('no worker listens')
    return this.#address
  }

  /** Processes that run. */
  get size(): number {
    return this.#members.size
  }

  /**
   * Lets every worker finish what runs, for `graceMs` at most, then ends them all; nobody is replaced any more. They go
   * on listening until the last one is done, so that newcomers hear that this is the end.
   */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restart)
    const drained = (): boolean => [...this.#members].every(({ isDrained }) => isDrained)
    this.#tell(['drain'])
    if (!(await this.#until(drained, graceMs))) {
      this.#tell(['abort'])
      await this.#until(drained, PATIENCE_MS)
    }
    this.#tell(['stop'])
    if (!(await this.#until(() => this.#members.size === 0, PATIENCE_MS))) await this.kill()
  }

  /** Ends all at once. */
  async kill(): Promise<void> {
    const members = [...this.#members]
    for (const { worker } of members) worker.process.kill('SIGKILL')
    await Promise.all(members.map(({ ended }) => ended))
  }

  #tell(message: ToWorker): void {
    for (const { wire } of this.#members) wire.send(message)
  }

  /** @returns whether it came true in time. */
  async #until(isTrue: () => boolean, withinMs: number): Promise<boolean> {
    if (isTrue()) return true
    return new Promise((resolve) => {
      const done = (is: boolean): void => {
        clearTimeout(timer)
        this.#changed = () => undefined
        resolve(is)
      }
      const timer = setTimeout(() => done(isTrue()), withinMs)
      this.#changed = () => {
        if (isTrue()) done(true)
      }
    })
  }

  #add(): void {
    const name = `worker-${++this.#born}`
    const worker = cluster.fork()
    const stream = worker.process.stdio[WIRE_FD] as Duplex
    const wire = new Wire<ToWorker, ToPrimary>(stream, {
      receive: (message) => this.#receive(member, post, message),
      // A worker that lost its primary ends by itself; one whose bytes make no sense has to be ended.
      closed: (error) => {
        if (error) worker.process.kill('SIGKILL')
      },
    })
    const post = this.#options.post(name, (message) => wire.send(message))
    const ended = new Promise<void>((resolve) => {
      // After `exit`, when what it said last has been read as well: a lease that it settled is no lease it lost.
      worker.process.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
        this.#members.delete(member)
        post.ended()
        this.#ended(member, code ?? signal)
        resolve()
      })
    })
    const member: Member = {
      name,
      worker,
      wire,
      bornMs: performance.now(),
      isListening: false,
      isDrained: false,
      ended,
    }
    this.#members.add(member)
    wire.send(['start', post.start(this.#port)])
  }

  #receive(member: Member, post: Post, message: ToPrimary): void {
    switch (message[0]) {
      case 'listening':
        member.isListening = true
        this.#address = { port: message[1], address: message[2] }
        this.#starting?.listening()
        return
      case 'failed':
        return this.#failed(member, message[1])
      case 'drained':
        member.isDrained = true
        return this.#changed()
      default:
        post.receive(message)
    }
  }

  #failed({ name }: Member, { message, code, port }: StartFailure): void {
    const error = Object.assign(
      new Error(message),
      code === undefined ? {} : { code },
      port === undefined ? {} : { port },
    )
    if (this.#starting) this.#starting.failed(error)
    else this.#options.log.error({ worker: name, error }, 'a worker could not listen')
  }

  #ended({ name, worker, bornMs }: Member, how: number | string | null): void {
    this.#changed()
    if (this.#isStopping) return
    if (this.#starting) {
      this.#starting.failed(
        new Error(`a worker process ended with ${String(how)} before all of them listened`),
      )
      return
    }
    this.#options.log.warn(
      { worker: name, process: worker.process.pid, how },
      'a worker died and is replaced',
    )
    this.#earlyDeaths = performance.now() - bornMs < SOUND_AFTER_MS ? this.#earlyDeaths + 1 : 0
    this.#missing++
    const delayMs =
      this.#earlyDeaths <= 1 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#earlyDeaths - 2))
    this.#restart ??= setTimeout(() => {
      this.#restart = undefined
      const missing = this.#missing
      this.#missing = 0
      for (let i = 0; i < missing; i++) this.#add()
    }, delayMs)
  }
}

async function freePort(host: string): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen({ host, port: 0 }, resolve)
  })
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
