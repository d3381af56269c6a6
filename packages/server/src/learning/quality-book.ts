import { NO_VOTES, type TaskType, type Votes } from '@loadstar/core'
import type { QualityStore, Vote, VoteTally } from './quality-store.js'
import { strengthKey } from './snapshot.js'

interface QualityBookOptions {
  readonly store: QualityStore
  /** Milliseconds > 0 after which a vote counts half. */
  readonly halfLifeMs: number
}

/** How long a vote can be changed. */
const CHANGEABLE_MS = 30 * 86_400_000
/** Votes between two sweeps of those that are too old to be changed. */
const VOTES_PER_SWEEP = 1_000

/** What became of a vote. */
interface CountedVote {
  /** Whether it took the place of an earlier one on the same answer. */
  readonly isChange: boolean
}

/**
 * Votes on answers, added up for each model and task type: in memory as they are stored. A vote counts half after each half-life,
 * and one vote for each answer: the latest.
 */
export class QualityBook {
  readonly #store: QualityStore
  readonly #halfLifeMs: number
  readonly #tallies: Map<string, VoteTally>
  /** Votes are counted one after the other: each is stored as a sum with those before. */
  #last: Promise<unknown> = Promise.resolve()
  #sinceSweep = VOTES_PER_SWEEP

  private constructor({ store, halfLifeMs }: QualityBookOptions, tallies: readonly VoteTally[]) {
    this.#store = store
    this.#halfLifeMs = halfLifeMs
    this.#tallies = new Map(tallies.map((tally) => [strengthKey(tally), tally]))
  }

  static async open(options: QualityBookOptions): Promise<QualityBook> {
    return new QualityBook(options, await options.store.loadTallies())
  }

  /** Resolves once the vote is stored; when it is not, nothing is changed. */
  vote(vote: Vote): Promise<CountedVote> {
    return this.#inTurn(() => this.#count(vote))
  }

  /** What votes on a model at a task type come to. */
  votes(modelId: string, task: TaskType, nowMs: number): Votes {
    const tally = this.#tallies.get(strengthKey({ modelId, task }))
    if (tally === undefined) return NO_VOTES
    const share = this.#share(nowMs - tally.atMs)
    return { weight: share * tally.weight, sum: share * tally.sum }
  }

  /** A model is gone: one that comes back by its id is a new one. */
  forget(modelId: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store.forgetModel(modelId)
      for (const [key, tally] of this.#tallies) if (tally.modelId === modelId) this.#tallies.delete(key)
    })
  }

  async #count(vote: Vote): Promise<CountedVote> {
    if (++this.#sinceSweep > VOTES_PER_SWEEP) {
      await this.#store.forgetVotes(vote.atMs - CHANGEABLE_MS)
      this.#sinceSweep = 1
    }
    const earlier = await this.#store.findVote(vote.decisionId)
    const changed = new Map<string, VoteTally>()
    // What it counts by now is taken out again, so that the tally is as if it had never been.
    if (earlier !== undefined) this.#add(changed, earlier, -this.#share(vote.atMs - earlier.atMs), vote.atMs)
    this.#add(changed, vote, 1, vote.atMs)
    await this.#store.saveVote(vote, [...changed.values()])
    for (const [key, tally] of changed) this.#tallies.set(key, tally)
    return { isChange: earlier !== undefined }
  }

  #add(changed: Map<string, VoteTally>, { modelId, task, score }: Vote, weight: number, atMs: number): void {
    const key = strengthKey({ modelId, task })
    const { weight: before, sum } = changed.get(key) ?? this.votes(modelId, task, atMs)
    // Rounding must not leave a weight a little below none.
    const after = Math.max(0, before + weight)
    const summed = Math.min(after, Math.max(0, sum + weight * score))
    changed.set(key, { modelId, task, weight: after, sum: summed, atMs })
  }

  /** What is left of a vote. */
  #share(ageMs: number): number {
    return 2 ** (-Math.max(0, ageMs) / this.#halfLifeMs)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work, work)
    this.#last = done.catch(() => undefined)
    return done
  }
}
