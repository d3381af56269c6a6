import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { AlertDesk } from '../../alerts/alert-desk.js'
import { alertView } from '../../alerts/view.js'
import { heardAttempt, type ExchangeRecord } from '../../gateway/record.js'
import { rowOf, type Known } from '../../history/shape.js'
import type { Registry } from '../../registry/registry.js'
import { ApiError } from '../error-envelope.js'
import type { LiveView } from '../live.js'
import type { PulseView } from '../pulse.js'
import type { EventName } from '../schemas/event-schema.js'
import { recordView } from '../schemas/history-schema.js'
import { CatalogChanges } from './catalog-changes.js'
import type { EventStreams, StreamWish } from './event-streams.js'
import { EventRing } from './event-ring.js'
import { FleetFrames } from './fleet-frames.js'
import { FlowMinute, type Flow } from './flow-minute.js'
import { Subscriber } from './subscriber.js'

/** Between two looks at what has happened. */
const TICK_MS = 500
const HEARTBEAT_MS = 15_000
/** A reading of the fleet serves every client that asks for one within this time. */
const FRESH_MS = 200
const FLOWS_EVERY_MS = 1_000
const MOST_FLOWS = 200
const MOST_DECISIONS = 50
/** Requests that may end within a tick before some are only counted. */
const MOST_NOTED = 10_000
const MOST_SUBSCRIBERS = 200
const RING = { mostEvents: 2_000, mostChars: 4 * 1024 * 1024 }
/** How long events are collected when the last client has left: a cut is mended within it. */
const LINGER_MS = 30_000

interface HubSources {
  readonly registry: Pick<Registry, 'onChange' | 'model'>
  readonly alerts: Pick<AlertDesk, 'active' | 'onChange'>
  readonly live: Pick<LiveView, 'loads' | 'counters'>
  readonly pulses: PulseView
  /** What is known of the decision of a lease. */
  readonly decisions: Known
  /** Unix milliseconds. */
  readonly clock: () => number
}

/**
 * Tells clients what happens, as it happens. While nobody listens nothing is collected; else a request that ends is put
 * on a bounded list, and all the rest is done on timers.
 */
export class EventHub implements EventStreams {
  readonly #sources: HubSources
  /** Events of another start are not those of this one. */
  readonly #boot = randomBytes(4).toString('hex')
  readonly #ring = new EventRing(RING)
  readonly #frames: FleetFrames
  readonly #flows = new FlowMinute()
  readonly #catalog = new CatalogChanges()
  readonly #subscribers = new Map<Subscriber, NodeJS.Timeout>()
  #largestFlows: { readonly readMs: number; readonly flows: readonly Flow[] } | undefined
  #noted: ExchangeRecord[] = []
  #unnoted = 0
  #haveAlertsChanged = false
  #seq = 0
  #readMs = -Infinity
  #timers: readonly NodeJS.Timeout[] | undefined
  #sleep: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(sources: HubSources) {
    const { registry, alerts, live, pulses, clock } = sources
    this.#sources = sources
    this.#frames = new FleetFrames({
      catalog: registry,
      live,
      pulses,
      clock,
      activeAlerts: () => alerts.active().length,
      flows: () => this.#flowsOf(clock()),
    })
    registry.onChange((change) => {
      if (this.#isAwake) this.#catalog.note(change)
    })
    alerts.onChange(() => {
      this.#haveAlertsChanged = this.#isAwake
    })
  }

  /** A request of a client ended. */
  ended(record: ExchangeRecord): void {
    if (!this.#isAwake) return
    if (this.#noted.length < MOST_NOTED) this.#noted.push(record)
    else this.#unnoted++
  }

  /** Tells every client; nobody is told later who does not listen now, or soon after a cut. */
  tell(name: EventName, data: unknown): void {
    if (!this.#isAwake) return
    const text = this.#written(name, JSON.stringify(data))
    this.#ring.push({ seq: this.#seq, text })
    for (const subscriber of this.#subscribers.keys()) subscriber.write(text)
  }

  subscribe(response: ServerResponse, { intervalMs, lastEventId, requestId }: StreamWish): void {
    if (this.#isClosed) throw new ApiError(503, 'draining', 'this instance is shutting down')
    if (this.#subscribers.size >= MOST_SUBSCRIBERS) {
      const message = `at most ${MOST_SUBSCRIBERS} clients may listen at once`
      throw new ApiError(503, 'too_many_streams', message)
    }
    this.#wake()
    const missed = lastEventId === undefined ? [] : this.#missedSince(lastEventId)
    const subscriber = new Subscriber(response, requestId)
    const timer = setInterval(() => this.#sendFleet(subscriber), intervalMs).unref()
    this.#subscribers.set(subscriber, timer)
    response.once('close', () => this.#left(subscriber))
    if (missed === undefined) subscriber.write(this.#written('reset', '{}'))
    else for (const { text } of missed) subscriber.write(text)
    this.#sendFleet(subscriber)
    subscriber.write(this.#written('alerts', JSON.stringify(this.#alerts())))
  }

  close(): void {
    this.#isClosed = true
    for (const subscriber of this.#subscribers.keys()) subscriber.end()
    clearTimeout(this.#sleep)
    this.#fallAsleep()
  }

  get #isAwake(): boolean {
    return this.#timers !== undefined
  }

  #wake(): void {
    clearTimeout(this.#sleep)
    this.#timers ??= [
      setInterval(() => this.#tick(), TICK_MS).unref(),
      setInterval(() => this.#beat(), HEARTBEAT_MS).unref(),
    ]
  }

  #fallAsleep(): void {
    for (const timer of this.#timers ?? []) clearInterval(timer)
    this.#timers = undefined
    this.#noted = []
    this.#unnoted = 0
    this.#haveAlertsChanged = false
    this.#catalog.take()
    this.#flows.clear()
    // What happens from here on nobody will know of.
    this.#ring.forget(++this.#seq)
  }

  #left(subscriber: Subscriber): void {
    clearInterval(this.#subscribers.get(subscriber))
    this.#subscribers.delete(subscriber)
    if (this.#subscribers.size > 0 || this.#isClosed) return
    clearTimeout(this.#sleep)
    this.#sleep = setTimeout(() => this.#fallAsleep(), LINGER_MS).unref()
  }

  #tick(): void {
    const noted = this.#noted
    const unnoted = this.#unnoted
    this.#noted = []
    this.#unnoted = 0
    for (const news of this.#catalog.take()) this.tell('catalog', news)
    if (this.#haveAlertsChanged) this.tell('alerts', this.#alerts())
    this.#haveAlertsChanged = false
    if (noted.length === 0) return
    const nowMs = this.#sources.clock()
    for (const { asked, attempts } of noted) {
      const heard = heardAttempt(attempts)
      if (heard !== undefined) this.#flows.add(asked?.agentId ?? null, heard.modelId, nowMs)
    }
    const told = noted.slice(-MOST_DECISIONS)
    this.tell('decisions', {
      decisions: told.map((record) => recordView(rowOf(record, this.#sources.decisions))),
      omitted: noted.length - told.length + unnoted,
    })
  }

  #beat(): void {
    for (const subscriber of this.#subscribers.keys()) subscriber.write(': here\n\n')
  }

  #sendFleet(subscriber: Subscriber): void {
    // The next one tells what this one would have.
    if (subscriber.isBehind) return
    const nowMs = this.#sources.clock()
    if (nowMs - this.#readMs >= FRESH_MS) {
      this.#readMs = nowMs
      this.#frames.read()
    }
    subscriber.write(this.#written('fleet', this.#frames.since(subscriber.seenFrame)))
    subscriber.seenFrame = this.#frames.frame
  }

  #alerts(): { readonly active: readonly object[] } {
    return { active: this.#sources.alerts.active().map(alertView) }
  }

  #flowsOf(nowMs: number): readonly Flow[] {
    if (this.#largestFlows === undefined || nowMs - this.#largestFlows.readMs >= FLOWS_EVERY_MS) {
      this.#largestFlows = { readMs: nowMs, flows: this.#flows.largest(MOST_FLOWS, nowMs) }
    }
    return this.#largestFlows.flows
  }

  #missedSince(id: string): ReturnType<EventRing['since']> {
    const [, boot, digits] = /^([0-9a-f]{8})-(\d{1,15})$/.exec(id) ?? []
    const seq = Number(digits)
    return boot === this.#boot && seq <= this.#seq ? this.#ring.since(seq) : undefined
  }

  #written(name: EventName, json: string): string {
    return `id: ${this.#boot}-${++this.#seq}\nevent: ${name}\ndata: ${json}\n\n`
  }
}
