import { signal } from '@preact/signals'

/** What a pairing would be worth, and why it cannot be. */
export interface PairScore {
  /** Match score, 0..100 points. */
  readonly score: number
  /** Capabilities that the agent needs and the model lacks, in words. */
  readonly missing: readonly string[]
  /** Why the pair is left out, in words; `null` where it is not. */
  readonly filteredBecause: string | null
}

/** Agents and models of a block: large enough that a screen needs a few, small enough to be quick. */
const BLOCK = 50
const MOST_BLOCKS = 200

/** A part of the matrix: agents and models from these places on, in the order of the registry. */
export interface Window {
  readonly firstAgent: number
  readonly firstModel: number
  readonly agents: number
  readonly models: number
}

type Ask = (window: Window) => Promise<readonly (readonly PairScore[])[]>

/** Scores of all pairs, of which only those in sight are asked for. */
export class ScoreBlocks {
  readonly #blocks = new Map<string, readonly (readonly PairScore[])[] | 'asked'>()
  readonly #ask: Ask
  /** Changes when scores have come. */
  readonly version = signal(0)
  readonly error = signal<unknown>(null)

  constructor(ask: Ask) {
    this.#ask = ask
  }

  at(agent: number, model: number): PairScore | undefined {
    const block = this.#blocks.get(keyOf(blockOf(agent), blockOf(model)))
    return block === undefined || block === 'asked' ? undefined : block[agent % BLOCK]?.[model % BLOCK]
  }

  /** Asks for what is missing of a window. */
  want({ firstAgent, firstModel, agents, models }: Window): void {
    for (let row = blockOf(firstAgent); row <= blockOf(firstAgent + agents - 1); row++) {
      for (let column = blockOf(firstModel); column <= blockOf(firstModel + models - 1); column++) {
        if (!this.#blocks.has(keyOf(row, column))) void this.#load(row, column)
      }
    }
  }

  /** Forgets everything: agents or models have changed. */
  clear(): void {
    this.#blocks.clear()
    this.error.value = null
    this.version.value += 1
  }

  async #load(row: number, column: number): Promise<void> {
    const key = keyOf(row, column)
    this.#blocks.set(key, 'asked')
    try {
      const window = { firstAgent: row * BLOCK, firstModel: column * BLOCK, agents: BLOCK, models: BLOCK }
      this.#blocks.set(key, await this.#ask(window))
      this.error.value = null
    } catch (error) {
      this.#blocks.delete(key)
      this.error.value = error
    }
    this.#forgetOldest()
    this.version.value += 1
  }

  #forgetOldest(): void {
    for (const key of this.#blocks.keys()) {
      if (this.#blocks.size <= MOST_BLOCKS) return
      this.#blocks.delete(key)
    }
  }
}

function blockOf(index: number): number {
  return Math.floor(index / BLOCK)
}

function keyOf(row: number, column: number): string {
  return `${row} ${column}`
}
