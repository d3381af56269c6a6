import { get } from '../api/request'
import { words } from '../format/words'
import type { PairScore, Window } from './score-blocks'

interface ScoreMatrix {
  readonly agents: readonly { readonly filtered_because: string | null }[]
  readonly models: readonly { readonly filtered_because: string | null }[]
  readonly match_scores: readonly (readonly number[])[]
  readonly missing: readonly {
    readonly agent: number
    readonly model: number
    readonly capabilities: readonly string[]
  }[]
}

/** Why an automatic run makes no pair with an agent, or with a model. */
const REASONS: Readonly<Record<string, string>> = {
  not_online: 'the agent is not online',
  disabled: 'the model is out of service',
  no_slots: 'the model has no slots: its limit is 0',
  full: 'the model has no free slot at this moment',
  load_unknown: 'the load of the model is unknown',
}

/** What the pairs of a window are worth, a row for each agent. */
export async function askScores({ firstAgent, firstModel, agents, models }: Window) {
  const matrix = await get<ScoreMatrix>('/score-matrix', {
    agent_from: firstAgent,
    agent_count: agents,
    model_from: firstModel,
    model_count: models,
  })
  const missing = new Map(
    matrix.missing.map(({ agent, model, capabilities }) => [`${agent} ${model}`, capabilities.map(words)]),
  )
  return matrix.match_scores.map((row, i) =>
    row.map((score, j): PairScore => {
      const filter = matrix.agents[i]?.filtered_because ?? matrix.models[j]?.filtered_because ?? null
      return {
        score,
        missing: missing.get(`${i} ${j}`) ?? [],
        filteredBecause: filter === null ? null : (REASONS[filter] ?? words(filter)),
      }
    }),
  )
}
