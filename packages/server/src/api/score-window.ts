import { DEFAULT_CAPABILITY_WEIGHTS, Judgement, loadFactor, type ModelLoad } from '@loadstar/core'
import type { z } from 'zod'
import type { AgentEntry, ModelEntry } from '../registry/entry.js'
import { overrideOf } from '../registry/operation.js'
import type { ApiDeps } from './deps.js'
import type { MATRIX_WINDOW, SCORE_MATRIX } from './schemas/score-matrix-schema.js'

type Window = z.output<typeof MATRIX_WINDOW>
type Matrix = z.input<typeof SCORE_MATRIX>
type Ground = Pick<ApiDeps, 'registry' | 'live' | 'learning' | 'assignment' | 'routing'>

/** A part of the matrix that an automatic run without options would work on at this moment. */
export function scoreWindow(window: Window, ground: Ground): Matrix {
  const { registry, learning } = ground
  const foundAgents = found(registry.agents(), window.agent_search)
  const foundModels = found(registry.models(), window.model_search)
  const agents = foundAgents.slice(window.agent_from, window.agent_from + window.agent_count)
  const models = foundModels.slice(window.model_from, window.model_from + window.model_count)
  const columns = columnsOf(models, ground)
  const judgement = new Judgement(learning.experience())
  const missing: Matrix['missing'] = []
  const matchScores = agents.map((agent, row) =>
    models.map((model, column) => {
      const { score, capability } = judgement.score(agent, model, DEFAULT_CAPABILITY_WEIGHTS)
      const { missingRequired } = capability
      if (missingRequired.length > 0) {
        missing.push({ agent: row, model: column, capabilities: [...missingRequired] })
      }
      return score
    }),
  )
  return {
    success: true,
    total_agents: foundAgents.length,
    total_models: foundModels.length,
    agent_from: window.agent_from,
    model_from: window.model_from,
    agents: agents.map((agent) => rowView(agent, ground)),
    models: columns,
    scores: matchScores.map((row) => row.map((score, i) => score * (columns[i]?.load_factor ?? 1))),
    match_scores: matchScores,
    missing,
  }
}

function found<Entry extends { readonly id: string; readonly name: string }>(
  entries: readonly Entry[],
  search: string | undefined,
): readonly Entry[] {
  if (search === undefined) return entries
  const wanted = search.toLowerCase()
  return entries.filter(({ id, name }) => `${id}\n${name}`.toLowerCase().includes(wanted))
}

function rowView(agent: AgentEntry, { registry }: Ground): Matrix['agents'][number] {
  const { id, name, status } = agent
  const assignment = registry.assignmentOf(id)
  return {
    id,
    name,
    status,
    filtered_because: status === 'online' ? null : 'not_online',
    assignment:
      assignment === undefined
        ? null
        : { id: assignment.id, model_id: assignment.modelId, method: assignment.method },
  }
}

function columnsOf(models: readonly ModelEntry[], { live, assignment, routing }: Ground): Matrix['models'] {
  const loads = new Map(live.loads().map((load) => [load.modelId, load]))
  return models.map((model) => {
    const load = loads.get(model.id)
    const utilization = model.maxConcurrent === 0 ? 1 : (load?.utilization ?? null)
    const { targetUtilization } = model
    return {
      id: model.id,
      name: model.name,
      utilization: load?.utilization ?? null,
      load_factor: assignment.loadBalancing
        ? loadFactor({ utilization, targetUtilization, loadWeight: routing.loadWeight })
        : 1,
      filtered_because: filterOf(model, load),
    }
  })
}

function filterOf(
  model: ModelEntry,
  load: ModelLoad | undefined,
): Matrix['models'][number]['filtered_because'] {
  if (!overrideOf(model).isEnabled) return 'disabled'
  if (model.maxConcurrent === 0) return 'no_slots'
  if (load === undefined || load.isStale) return 'load_unknown'
  return load.isOverloaded ? 'full' : null
}
