import type { Catalog } from '../../registry/catalog.js'
import type { PulseView } from '../pulse.js'
import type { LiveView } from '../live.js'
import { fleetTotals, modelState } from '../schemas/event-schema.js'
import type { Flow } from './flow-minute.js'

interface FleetSources {
  readonly catalog: Pick<Catalog, 'model'>
  readonly live: Pick<LiveView, 'loads' | 'counters'>
  readonly pulses: PulseView
  readonly activeAlerts: () => number
  readonly flows: () => readonly Flow[]
  /** Unix milliseconds. */
  readonly clock: () => number
}

interface Shown {
  readonly text: string
  /** The frame in which it became so. */
  readonly frame: number
}

/**
 * The fleet as a series of frames. A client is sent the models that changed since the frame it saw last, whenever that
 * was; what a model looks like is written out once for all clients.
 */
export class FleetFrames {
  readonly #sources: FleetSources
  #models = new Map<string, Shown>()
  #frame = 0
  /** Who saw only frames before it would keep models that are gone. */
  #firstWithThese = 0
  #rest = ''
  #written: { readonly since: number; readonly text: string } | undefined

  constructor(sources: FleetSources) {
    this.#sources = sources
  }

  get frame(): number {
    return this.#frame
  }

  /** Looks at everything now. */
  read(): void {
    const { catalog, live, pulses, activeAlerts, flows, clock } = this.#sources
    this.#frame++
    this.#written = undefined
    const models = new Map<string, Shown>()
    for (const load of live.loads()) {
      const id = load.modelId
      const text = JSON.stringify(modelState(load, pulses.model(id), catalog.model(id)))
      const before = this.#models.get(id)
      models.set(id, before?.text === text ? before : { text, frame: this.#frame })
    }
    for (const id of this.#models.keys()) if (!models.has(id)) this.#firstWithThese = this.#frame
    this.#models = models
    const fleet = JSON.stringify(fleetTotals(live.counters(), pulses.all(), activeAlerts()))
    const at = new Date(clock()).toISOString()
    this.#rest = `"fleet":${fleet},"flows":${JSON.stringify(flows())},"at":"${at}"`
  }

  /** The data of a `fleet` event for who saw that frame last; 0 for who saw none. */
  since(frame: number): string {
    if (this.#written?.since === frame) return this.#written.text
    const isFull = frame < Math.max(1, this.#firstWithThese)
    const changed: string[] = []
    for (const shown of this.#models.values()) if (isFull || shown.frame > frame) changed.push(shown.text)
    const text = `{"is_full":${isFull},"models":[${changed.join()}],${this.#rest}}`
    this.#written = { since: frame, text }
    return text
  }
}
