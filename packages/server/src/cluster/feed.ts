import type { RegistryChange, RosterSnapshot } from '../registry/registry-change.js'
import type { ToWorker } from './message.js'

/** One that keeps a copy of the catalog. */
interface Follower {
  /** It uses the catalog of this version, and of all before. */
  known(version: number): void
  /** It is dead, and not waited for. */
  gone(): void
}

interface FeedOptions {
  readonly source: {
    readonly version: number
    snapshot(): RosterSnapshot
    onChange(listener: (change: RegistryChange) => Promise<void>): void
  }
  readonly log: { warn(fields: object, message: string): void }
  readonly patienceMs?: number
}

/** One that is stopped must not hold up every change; it reads the changes before anything else when it goes on. */
const PATIENCE_MS = 2_000

interface Followed {
  readonly name: string
  readonly send: (message: ToWorker) => void
  knownVersion: number
}

/** Tells every worker of every change to the catalog, and makes whoever changed it wait until all of them have it. */
export class Feed {
  readonly #options: FeedOptions
  readonly #followed = new Set<Followed>()
  readonly #waiting = new Set<() => void>()

  constructor(options: FeedOptions) {
    this.#options = options
    options.source.onChange((change) => this.#tell(change))
  }

  /** @returns what to begin with; changes after it are sent. */
  follow(name: string, send: (message: ToWorker) => void): Follower & { readonly snapshot: RosterSnapshot } {
    const snapshot = this.#options.source.snapshot()
    const followed: Followed = { name, send, knownVersion: snapshot.version }
    this.#followed.add(followed)
    return {
      snapshot,
      known: (version) => {
        followed.knownVersion = version
        this.#look()
      },
      gone: () => {
        this.#followed.delete(followed)
        this.#look()
      },
    }
  }

  async #tell(change: RegistryChange): Promise<void> {
    const { version } = this.#options.source
    for (const { send } of this.#followed) send(['change', version, change])
    const behind = (): readonly Followed[] =>
      [...this.#followed].filter(({ knownVersion }) => knownVersion < version)
    if (behind().length === 0) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#waiting.delete(look)
        clearTimeout(timer)
        resolve()
      }
      const look = (): void => {
        if (behind().length === 0) done()
      }
      const timer = setTimeout(() => {
        const workers = behind().map(({ name }) => name)
        this.#options.log.warn({ workers, version }, 'a change of the catalog is not waited for any longer')
        done()
      }, this.#options.patienceMs ?? PATIENCE_MS)
      this.#waiting.add(look)
    })
  }

  #look(): void {
    for (const look of [...this.#waiting]) look()
  }
}
