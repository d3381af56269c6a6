import { demandOfTask, type Candidate, type Demand } from '@loadstar/core'
import type { Catalog } from '../registry/catalog.js'
import type { ModelEntry } from '../registry/entry.js'
import { apiAt } from './api.js'
import { noWay } from './cargo.js'
import type { Identity } from './identify.js'
import type { Refusal } from './refusal.js'
import type { Scorer } from './scorer.js'
import type { Api } from './translation/translation.js'

/** Kinds of request kept; beyond it all are forgotten, which costs a few microseconds each to score again. */
const MOST_KEPT = 2_000
const NO_DEMAND: Demand = { requiredCapabilities: [], preferredCapabilities: [] }

/** A request as far as it matters to whom it can be carried. */
interface Freight {
  readonly api: Api
  /** Why no backend with that API can be asked; `undefined` where nothing is in the way. */
  obstacle(to: Api): Refusal | undefined
}

/** What is known of one kind of request. */
interface Kind {
  /** Those that have all the capabilities asked for. */
  readonly models: readonly ModelEntry[]
  /** The APIs by which these models would serve it; `undefined` where some have none. */
  readonly ways: readonly (Api | undefined)[]
  /** Candidates by the ways that are open to the request. */
  readonly lists: Map<string, readonly Candidate[]>
}

/**
 * The models a request may go to, with the score of each pairing, as the scorer tells it for agent or task,
 * plus the bonus of the model the agent is assigned to.
 *
 * Lists are kept per kind of request until the catalog or the scores change, so a live request scores nothing, and the router can
 * know a list by its identity.
 */
export class Candidates {
  readonly #catalog: Catalog
  readonly #assignmentBonus: number
  readonly #scorer: Scorer
  readonly #kinds = new Map<string, Kind>()
  /** The same by the object that says who asks: most requests come with one that was seen before. */
  #known = new WeakMap<Identity, Map<Api, Kind>>()
  /** Of kept lists only: of the same list they are the same until the catalog changes. */
  readonly #standIns = new WeakMap<readonly Candidate[], readonly (readonly Candidate[])[]>()
  #version = -1
  #scorerVersion = -1

  constructor(catalog: Catalog, assignmentBonus: number, scorer: Scorer) {
    this.#catalog = catalog
    this.#assignmentBonus = assignmentBonus
    this.#scorer = scorer
  }

  /**
   * None when no model of the target has all the capabilities asked for; a refusal when some have, and the request
   * cannot be carried to any of them.
   */
  for(identity: Identity, freight: Freight): readonly Candidate[] | Refusal {
    const kind = this.#kindOf(identity, freight.api)
    const candidates = this.#listOf(kind, identity, freight)
    if (candidates.length > 0 || kind.models.length === 0) return candidates
    return kind.ways.map((way) => way && freight.obstacle(way)).find((found) => found) ?? noWay(freight.api)
  }

  /**
   * The models that stand in for these candidates (`models[].fallbacks`), each alone, in the order they are written,
   * none of the candidates among them. Names that nobody has and models that lack a capability asked for, or cannot be
   * sent the request, are passed over.
   */
  fallbacksOf(
    candidates: readonly Candidate[],
    identity: Identity,
    freight: Freight,
  ): readonly (readonly Candidate[])[] {
    let standIns = this.#standIns.get(candidates)
    if (!standIns) {
      const ids = new Set(candidates.flatMap(({ modelId }) => this.#catalog.model(modelId)?.fallbacks ?? []))
      for (const { modelId } of candidates) ids.delete(modelId)
      const models = able(
        [...ids].flatMap((id) => this.#catalog.model(id) ?? []),
        identity,
      )
      standIns = this.#scored(models, identity).map((candidate) => [candidate])
      this.#standIns.set(candidates, standIns)
    }
    return standIns.filter((list) => list.every(({ modelId }) => this.#isReached(modelId, freight)))
  }

  #listOf({ models, ways, lists }: Kind, identity: Identity, freight: Freight): readonly Candidate[] {
    const isOpen = (way: Api | undefined): boolean => way !== undefined && freight.obstacle(way) === undefined
    const key = ways.length === 1 && ways[0] === freight.api ? freight.api : ways.filter(isOpen).join()
    let list = lists.get(key)
    if (!list) {
      list = this.#scored(
        models.filter((model) => isOpen(apiAt(model, freight.api))),
        identity,
      )
      lists.set(key, list)
    }
    return list
  }

  #isReached(modelId: string, freight: Freight): boolean {
    const model = this.#catalog.model(modelId)
    const way = model && apiAt(model, freight.api)
    return way !== undefined && freight.obstacle(way) === undefined
  }

  #kindOf(identity: Identity, api: Api): Kind {
    const isOther = this.#catalog.version !== this.#version || this.#scorer.version !== this.#scorerVersion
    if (isOther || this.#kinds.size >= MOST_KEPT) {
      this.#kinds.clear()
      this.#known = new WeakMap()
      this.#version = this.#catalog.version
      this.#scorerVersion = this.#scorer.version
    }
    const known = this.#known.get(identity)
    const found = known?.get(api)
    if (found) return found
    const kind = this.#kindByKey(identity, api)
    if (identity.isShared) this.#known.set(identity, (known ?? new Map<Api, Kind>()).set(api, kind))
    return kind
  }

  #kindByKey(identity: Identity, api: Api): Kind {
    const key = keyOf(identity, api)
    let kind = this.#kinds.get(key)
    if (!kind) {
      const models = able(this.#modelsOf(identity), identity)
      const ways = [...new Set(models.map((model) => apiAt(model, api)))]
      kind = { models, ways, lists: new Map() }
      // What nobody can do may be any text a client thinks of.
      if (models.length > 0) this.#kinds.set(key, kind)
    }
    return kind
  }

  #scored(models: readonly ModelEntry[], identity: Identity): readonly Candidate[] {
    const demand = demandOf(identity)
    const assigned = identity.agent && this.#catalog.assignmentOf(identity.agent.id)?.modelId
    const asker = { agentId: identity.agent?.id, task: identity.task }
    return models.map((model) => {
      const candidate = this.#scorer.score(demand, model, asker)
      if (model.id !== assigned) return candidate
      return { ...candidate, score: candidate.score + this.#assignmentBonus }
    })
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

/** Those that have all the capabilities asked for. */
function able(models: readonly ModelEntry[], { mustHave }: Identity): readonly ModelEntry[] {
  return models.filter((model) => mustHave.every((name) => (model.capabilities[name] ?? 0) > 0))
}

/** A task says what is asked; without one the agent does; the agent's context length always counts. */
function demandOf({ task, agent }: Identity): Demand {
  if (!task) return agent ?? NO_DEMAND
  const minContextLength = agent?.minContextLength
  return { ...demandOfTask(task), ...(minContextLength === undefined ? {} : { minContextLength }) }
}

function keyOf({ target, task, agent, mustHave }: Identity, api: Api): string {
  const name = target.kind === 'model' ? target.id : target.kind === 'alias' ? target.alias : ''
  return JSON.stringify([api, target.kind, name, task, agent?.id, mustHave])
}
