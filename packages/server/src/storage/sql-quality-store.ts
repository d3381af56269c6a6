import type { Insertable, Kysely, Selectable } from 'kysely'
import type { QualityStore, Vote, VoteTally } from '../learning/quality-store.js'
import type { Tables, VoteTable, VoteTallyTable } from './tables.js'

/** Votes in SQL, on a database whose migrations have run. */
export class SqlQualityStore implements QualityStore {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async loadTallies(): Promise<readonly VoteTally[]> {
    return (await this.#db.selectFrom('vote_tallies').selectAll().execute()).map(tallyOf)
  }

  async findVote(decisionId: string): Promise<Vote | undefined> {
    const found = this.#db.selectFrom('votes').selectAll().where('decision_id', '=', decisionId)
    const row = await found.executeTakeFirst()
    return row === undefined ? undefined : voteOf(row)
  }

  async saveVote(vote: Vote, tallies: readonly VoteTally[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      const row = voteRow(vote)
      const insert = transaction.insertInto('votes').values(row)
      await insert.onConflict((conflict) => conflict.column('decision_id').doUpdateSet(row)).execute()
      for (const tally of tallies.map(tallyRow)) {
        const add = transaction.insertInto('vote_tallies').values(tally)
        await add
          .onConflict((conflict) => conflict.columns(['model_id', 'task_type']).doUpdateSet(tally))
          .execute()
      }
    })
  }

  async forgetModel(modelId: string): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('votes').where('model_id', '=', modelId).execute()
      await transaction.deleteFrom('vote_tallies').where('model_id', '=', modelId).execute()
    })
  }

  async forgetVotes(beforeMs: number): Promise<void> {
    await this.#db.deleteFrom('votes').where('at_ms', '<', beforeMs).execute()
  }
}

function voteRow({ decisionId, modelId, task, score, atMs }: Vote): Insertable<VoteTable> {
  return { decision_id: decisionId, model_id: modelId, task_type: task, score, at_ms: atMs }
}

function voteOf(row: Selectable<VoteTable>): Vote {
  return {
    decisionId: row.decision_id,
    modelId: row.model_id,
    task: row.task_type as Vote['task'],
    score: row.score,
    atMs: row.at_ms,
  }
}

function tallyRow({ modelId, task, weight, sum, atMs }: VoteTally): Insertable<VoteTallyTable> {
  return { model_id: modelId, task_type: task, weight, sum, at_ms: atMs }
}

function tallyOf(row: Selectable<VoteTallyTable>): VoteTally {
  return {
    modelId: row.model_id,
    task: row.task_type as VoteTally['task'],
    weight: row.weight,
    sum: row.sum,
    atMs: row.at_ms,
  }
}
