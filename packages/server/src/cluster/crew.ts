import { fork, type ChildProcess } from 'node:child_process'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Doorman } from './doorman.js'
import type { ToPrimary, ToWorker, WorkerStart } from './message.js'
import { Wire } from './wire.js'

/** What the primary has for one worker: it hears all that the worker says, and once, at the very end, of its death. */
export interface Post {
  /** The first thing the worker is told. */
  start(): WorkerStart
  receive(message: ToPrimary): void
  /** The process has ended and all its sockets are closed. */
  ended(): void
}

interface CrewOptions {
  readonly workers: number
  /** Program that every worker runs; its channel is file descriptor `WIRE_FD`. */
  readonly program: string
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** @param name - no other worker of this process ever has it. */
  readonly post: (name: string, send: (message: ToWorker) => void) => Post
  readonly log: { warn(fields: object, message: string): void }
}

/** After stdin, stdout, stderr and the channel for connections. A pair of sockets: nobody else can connect to it. */
export const WIRE_FD = 4

/** A worker that lived so long was sound, and is replaced at once. */
const SOUND_AFTER_MS = 10_000
const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 5_000
/** How long a worker may take to end its requests, or itself, once it was told to. */
const PATIENCE_MS = 3_000

interface Member {
  readonly name: string
  readonly child: ChildProcess
  readonly wire: Wire<ToWorker, ToPrimary>
  readonly bornMs: number
  isDrained: boolean
  /** Once it serves. */
  door: ReturnType<Doorman['add']> | undefined
  readonly ended: Promise<void>
}

/** The worker processes of this machine: starts them, replaces who dies, and stops them. */
export class Crew {
  readonly #options: CrewOptions
  readonly #members = new Set<Member>()
  readonly #doorman = new Doorman()
  #born = 0
  /** In a row. */
  #earlyDeaths = 0
  #restart: NodeJS.Timeout | undefined
  #missing = 0
  #isStopping = false
  /** Of the first start; nothing afterwards. */
  #starting: { ready(): void; failed(error: Error): void } | undefined
  #changed: () => void = () => undefined

  constructor(options: CrewOptions) {
    this.#options = options
  }

  /**
   * Listens, and starts all workers.
   *
   * @returns where it listens, once all of them serve.
   * @throws when the address cannot be had or a worker ends before; nothing is left open then.
   */
  async open(): Promise<AddressInfo> {
    const { host, port, workers } = this.#options
    const address = await this.#doorman.open(host, port)
    try {
      await new Promise<void>((resolve, reject) => {
        let ready = 0
        this.#starting = { failed: reject, ready: () => (++ready === workers ? resolve() : undefined) }
        for (let i = 0; i < workers; i++) this.#add()
      })
    } catch (error) {
      this.#isStopping = true
      this.#doorman.close()
      await this.kill()
      throw error
    }
    this.#starting = undefined
    return address
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
    this.#doorman.close()
    this.#tell(['stop'])
    if (!(await this.#until(() => this.#members.size === 0, PATIENCE_MS))) await this.kill()
  }

  /** Ends all at once. */
  async kill(): Promise<void> {
    const members = [...this.#members]
    for (const { child } of members) child.kill('SIGKILL')
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
    const child = fork(this.#options.program, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'] })
    const wire = new Wire<ToWorker, ToPrimary>(child.stdio[WIRE_FD] as Duplex, {
      receive: (message) => this.#receive(member, post, message),
      // A worker that lost its primary ends by itself; one whose bytes make no sense has to be ended.
      closed: (error) => {
        if (error) child.kill('SIGKILL')
      },
    })
    const post = this.#options.post(name, (message) => wire.send(message))
    const ended = new Promise<void>((resolve) => {
      // After `exit`, when what it said last has been read as well: a lease that it settled is no lease it lost.
      child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
        this.#members.delete(member)
        member.door?.gone()
        post.ended()
        this.#ended(member, code ?? signal)
        resolve()
      })
    })
    // Of a channel that broke; the end of the process tells.
    child.on('error', () => undefined)
    const member: Member = {
      name,
      child,
      wire,
      bornMs: performance.now(),
      isDrained: false,
      door: undefined,
      ended,
    }
    this.#members.add(member)
    wire.send(['start', post.start()])
  }

  #receive(member: Member, post: Post, message: ToPrimary): void {
    switch (message[0]) {
      case 'ready':
        member.door = this.#doorman.add((socket) => hand(member.child, socket))
        return this.#starting?.ready()
      case 'taken':
        return member.door?.taken()
      case 'drained':
        member.isDrained = true
        return this.#changed()
      default:
        post.receive(message)
    }
  }

  #ended({ name, child, bornMs }: Member, how: number | string | null): void {
    this.#changed()
    if (this.#isStopping) return
    if (this.#starting) {
      this.#starting.failed(new Error(`a worker process ended with ${String(how)} before all of them served`))
      return
    }
    this.#options.log.warn({ worker: name, process: child.pid, how }, 'a worker died and is replaced')
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

/** One that cannot be handed over because the process has just died is given to another when its end is told. */
function hand(child: ChildProcess, socket: Socket): void {
  if (child.connected) child.send('connection', socket, { keepOpen: true }, () => undefined)
}
