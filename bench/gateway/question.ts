import type { Peer } from './peers/peer.js'

/** How a run is to be made, the same for every question. */
export interface Setting {
  /** How often every peer has its turn. */
  readonly rounds: number
  /** Length of one measured window; `undefined` leaves it to the question. */
  readonly seconds: number | undefined
  readonly soakMinutes: number
  /** Those of the peers below that are installed. */
  readonly isPresent: (peer: Peer) => boolean
}

interface Answer {
  /** Markdown, to be read. */
  readonly text: string
  /** Raw figures, one entry per round and peer. */
  readonly rows: readonly object[]
}

/** One thing asked of the gateway, with everything it is compared to. */
export interface Question {
  readonly name: string
  readonly question: string
  readonly ask: (setting: Setting) => Promise<Answer>
}
