import { demandOfTask, scoreCapability, type Candidate, type Demand } from '@loadstar/core'
import type { Catalog } from '../registry/catalog.js'
import type { ModelEntry } from '../registry/entry.js'
import type { Identity } from './identify.js'

/** Sets of candidates kept; beyond it all are forgotten, which costs a few microseconds each to score again. */
const MOST_KEPT = 2_000
const NO_DEMAND: Demand = { requiredCapabilities: [], preferredCapabilities: [] }

/**
 * The models a request may go to, with the score of each pairing: capability score of agent or task,
 * plus the bonus of the model the agent is assigned to.
 *
 * Sets are kept per kind of request until the catalog changes, so a live request scores nothing, and the router can
 * know a set by its identity.
 */
export class Candidates {
  readonly #catalog: Catalog
  readonly #assignmentBonus: number
  readonly #kept = new Map<string, readonly Candidate[]>()
  /** Of kept sets only: of the same set they are the same until the catalog changes. */
  readonly #standIns = new WeakMap<readonly Candidate[], readonly (readonly Candidate[])[]>()
  #version = -1

  constructor(catalog: Catalog, assignmentBonus: number) {
    this.#catalog = catalog
    this.#assignmentBonus = assignmentBonus
  }

  /** Empty when no model of the target has all the capabilities asked for. */
  for(identity: Identity): readonly Candidate[] {
    if (this.#catalog.version !== this.#version || this.#kept.size >= MOST_KEPT) {
      this.#kept.clear()
      this.#version = this.#catalog.version
    }
    const key = keyOf(identity)
    let candidates = this.#kept.get(key)
    if (!candidates) {
      candidates = this.#scored(this.#modelsOf(identity), identity)
      // What nobody can do may be any text a client thinks of.
      if (candidates.length > 0) this.#kept.set(key, candidates)
    }
    return candidates
  }

  /**
   * The models that stand in for these candidates (`models[].fallbacks`), each alone, in the order they are written,
   * none of the candidates among them. Names that nobody has and models that lack a capability asked for are passed
   * over.
   */
  fallbacksOf(candidates: readonly Candidate[], identity: Identity): readonly (readonly Candidate[])[] {
    const kept = this.#standIns.get(candidates)
    if (kept) return kept
    const ids = new Set(candidates.flatMap(({ modelId }) => this.#catalog.model(modelId)?.fallbacks ?? []))
    for (const { modelId } of candidates) ids.delete(modelId)
    const models = [...ids].flatMap((id) => this.#catalog.model(id) ?? [])
    const standIns = this.#scored(models, identity).map((candidate) => [candidate])
    this.#standIns.set(candidates, standIns)
    return standIns
  }

  #scored(models: readonly ModelEntry[], identity: Identity): readonly Candidate[] {
    const demand = demandOf(identity)
    const assigned = identity.agent && this.#catalog.assignmentOf(identity.agent.id)?.modelId
    return models
      .filter((model) => identity.mustHave.every((name) => (model.capabilities[name] ?? 0) > 0))
      .map((model) => ({
        modelId: model.id,
        score: scoreCapability(demand, model).score + (model.id === assigned ? this.#assignmentBonus : 0),
      }))
  }

  #modelsOf({ target }: Identity): readonly ModelEntry[] {
    switch (target.kind) {
      case 'any':
        return this.#catalog.models()
      case 'alias':
        return this.#catalog.modelsOfAlias(target.alias)
      case 'model': {
        const model = this.#catalog.model(target.id)
        return model ? [model] : []
      }
    }
  }
}

/** A task says what is asked; without one the agent does; the agent's context length always counts. */
function demandOf({ task, agent }: Identity): Demand {
  if (!task) return agent ?? NO_DEMAND
  const minContextLength = agent?.minContextLength
  return { ...demandOfTask(task), ...(minContextLength === undefined ? {} : { minContextLength }) }
}

function keyOf({ target, task, agent, mustHave }: Identity): string {
  const name = target.kind === 'model' ? target.id : target.kind === 'alias' ? target.alias : ''
  return JSON.stringify([target.kind, name, task, agent?.id, mustHave])
}
