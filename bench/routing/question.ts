/** How a run is to be made, the same for every question. */
export interface Setting {
  /** Sample paths: every contender is asked the same on each. */
  readonly seeds: readonly number[]
  /** What virtual durations are multiplied by: 1, or less for a quick look. */
  readonly scale: number
  /** Folder of recorded traces; workloads of their kind are generated where it is not given. */
  readonly dataPath: string | undefined
}

export interface Answer {
  /** Markdown, to be read. */
  readonly text: string
  /** Raw figures, one entry per setting and contender. */
  readonly rows: readonly object[]
}

/** One thing asked of the router, with everything it is compared to. */
export interface Question {
  readonly name: string
  readonly question: string
  /** A promise where a solver has to be loaded. */
  readonly ask: (setting: Setting) => Answer | Promise<Answer>
}
