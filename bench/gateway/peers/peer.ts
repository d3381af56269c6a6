/** A model's server that a gateway is put in front of. */
export interface Upstream {
  readonly port: number
  /** Requests it takes at once, for those who can be told; more than any question needs where it has no limit. */
  readonly maxConcurrent: number
}

/** A gateway that runs, and how a client speaks to it. */
export interface Running {
  readonly port: number
  /** What a client writes as `model`. */
  readonly model: string
  /** Headers every request needs. */
  readonly headers: Readonly<Record<string, string>>
  /** Processes under test, their children not among them; empty when there is nothing between client and model. */
  readonly pids: readonly number[]
  stop(): Promise<void>
}

/** Why a peer cannot take part, and how to get it. */
interface Missing {
  readonly reason: string
  readonly install: string
}

/** Something that stands between clients and models. */
export interface Peer {
  readonly name: string
  /** Installs what the bench may install by itself. @returns what is missing then. */
  prepare(): Missing | undefined
  start(upstreams: readonly Upstream[]): Promise<Running>
}
