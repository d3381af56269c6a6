import type { RoutedModel } from '../catalog/model.js'
import type { RouterOptions } from '../routing/options.js'
import type { Priority } from '../routing/priority.js'
import type { Arrivals } from './arrivals.js'
import type { Distribution } from './distribution.js'
import type { Faults } from './faults/faults.js'

/** How long a model takes for a request that it serves alone. */
export type Service =
  /** Drawn whole. The first token comes after `firstTokenShare` (0..1) of it; none is told of when left out. */
  | { readonly kind: 'drawn'; readonly ms: Distribution; readonly firstTokenShare?: number }
  /** Time to first token, then the rest of the answer token by token; milliseconds ≥ 0. */
  | {
      readonly kind: 'tokens'
      readonly firstTokenMs: Distribution
      /** Per token of the request, before the first token; default 0. */
      readonly inputTokenMs?: number
      readonly outputTokenMs: number
    }

/** What the router is told of a model, and what is true of it. */
export interface SimulatedModel extends RoutedModel {
  readonly service: Service
  /** By class, what service is multiplied by, > 0; 1 for classes not named. */
  readonly slowness?: Readonly<Record<string, number>>
  /**
   * Beyond `kneeShare` (0..1) of the scenario's `maxConcurrent`, all requests there go on slower, by a factor that
   * rises in a straight line to `factor` ≥ 1 at `maxConcurrent`, and on beyond. Live cuts do not move it.
   */
  readonly slowdown?: { readonly kneeShare: number; readonly factor: number }
  /** Some requests do not begin at once: with `probability`, `delayMs` more until the first token. */
  readonly stall?: { readonly probability: number; readonly delayMs: Distribution }
  /**
   * What it does with a request beyond its `maxConcurrent`, which only a router that keeps no account sends: `refuse` it
   * with a 429 (default), let it wait in order of arrival in a `queue` of its own, or `serve` it all the same.
   */
  readonly whenFull?: 'refuse' | 'queue' | 'serve'
}

/** A model that may serve a class. */
export interface ClassCandidate {
  readonly modelId: string
  /** What the router is told, ≥ 0, of 100. */
  readonly score: number
  /** What the answer is truly worth, of 100; the score when left out. */
  readonly quality?: number
}

/** A kind of request. */
export interface TaskClass {
  readonly id: string
  readonly candidates: readonly ClassCandidate[]
  /** Rounded to whole tokens; default 0. */
  readonly inputTokens?: Distribution
  readonly outputTokens?: Distribution
  /** What the router is told of the answer's length: its true tokens, their mean, or nothing (default). */
  readonly toldOutputTokens?: 'exact' | 'mean'
  readonly priority?: Priority
  /** Milliseconds > 0 within which the whole answer is wanted; the router is told, and goodput is counted by it. */
  readonly deadlineMs?: number
  /** Milliseconds ≥ 0; the router's own when left out. */
  readonly maxWaitMs?: number
  /** Milliseconds after which a client that has not seen a first token leaves; when left out it stays. */
  readonly patienceMs?: Distribution
  /** Bytes ≥ 0 a request holds while it waits. */
  readonly bytes?: number
  /** Whether the router is asked to explain its decisions; default false. */
  readonly isExplained?: boolean
}

/** Where requests come from. */
export interface Stream {
  readonly arrivals: Arrivals
  /** Class ids and how often each is drawn, weights > 0; a trace names classes itself. */
  readonly mix?: Readonly<Record<string, number>>
  /** Whom the requests belong to; nobody in particular when left out. */
  readonly tenant?: string
}

/** Everything a simulated world is made of. Durations are milliseconds of virtual time. */
export interface Scenario {
  readonly name: string
  readonly models: readonly SimulatedModel[]
  readonly classes: readonly TaskClass[]
  readonly streams: readonly Stream[]
  /**
   * When given, all rates are multiplied so that this share of what the models can serve is offered: requests per
   * second / Σ over models of slots / mean service seconds of the classes it may serve. For equal models that is the
   * usual ρ = λ·E[S] / slots. `phases` and on-off reach it on average.
   */
  readonly load?: number
  readonly router?: RouterOptions
  /** > 0: no requests come after; the world then goes on until everything has ended. */
  readonly durationMs: number
  /** ≥ 0, default 0: requests that came before are left out of the report. */
  readonly warmUpMs?: number
  /** From lease to the request's arrival at the model; default none. */
  readonly dispatchMs?: Distribution
  /** What goes wrong; nothing when left out. */
  readonly faults?: Faults
}
