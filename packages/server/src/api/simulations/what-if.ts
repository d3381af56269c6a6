import {
  scenarios,
  type PolicyName,
  type RoutedModel,
  type RouterOptions,
  type Scenario,
  type SimulatedModel,
} from '@loadstar/core'

/** Worlds that come with the program, by the names of the API. */
export const SCENARIOS = {
  equal_replicas: (load) => scenarios.equalReplicas(load === undefined ? {} : { load }),
  unequal_models: (load) => scenarios.unequalModels(load),
  knee: (load) => scenarios.knee(load),
  overload: () => scenarios.overload(),
  aggressive_tenant: () => scenarios.aggressiveTenant(),
  hundred_at_once: () => scenarios.hundredAtOnce(),
  bad_day: () => scenarios.badDay(),
} as const satisfies Record<string, (load?: number) => Scenario>

type ScenarioName = keyof typeof SCENARIOS
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as [ScenarioName, ...ScenarioName[]]

/** Those whose load is theirs to be told. */
export const LOADED_SCENARIOS: ReadonlySet<ScenarioName> = new Set([
  'equal_replicas',
  'unequal_models',
  'knee',
])

/** What is different afterwards; what is left out stays. */
export interface Changes {
  readonly policy?: PolicyName | undefined
  readonly models: readonly ModelChange[]
}

interface ModelChange {
  readonly id: string
  /** It is a further model that serves as this one does. */
  readonly like?: string | undefined
  readonly isRemoved?: boolean | undefined
  readonly maxConcurrent?: number | undefined
  readonly maxQueue?: number | undefined
  readonly targetUtilization?: number | undefined
}

/** What is simulated: recorded requests on these models, or a world that comes with the program. */
export type Source =
  | { readonly kind: 'recorded'; readonly models: readonly RoutedModel[] }
  | { readonly kind: 'scenario'; readonly name: ScenarioName; readonly load?: number | undefined }

export interface WhatIf {
  readonly source: Source
  /** Of the instance that asks: what both sides are routed by, but for the changes. */
  readonly router: RouterOptions
  readonly changes: Changes
  readonly seed: number
}

/** Why a simulation cannot be made, found when its world was built. */
export class WhatIfError extends Error {
  readonly code: string
  readonly param: string | null

  constructor(code: string, param: string | null, message: string) {
    super(message)
    this.name = 'WhatIfError'
    this.code = code
    this.param = param
  }
}

/** @throws {WhatIfError} for a model that is not there, or is there already, or where none is left. */
export function changed(scenario: Scenario, { policy, models: changes }: Changes): Scenario {
  let next = scenario
  changes.forEach((change, index) => {
    next = withModel(next, change, `changes.models[${index}]`)
  })
  if (next.models.length === 0) throw invalid('changes.models', 'must leave a model')
  return policy === undefined ? next : { ...next, router: { ...next.router, policy } }
}

function withModel(scenario: Scenario, change: ModelChange, field: string): Scenario {
  const { id, like, isRemoved } = change
  const known = scenario.models.find((model) => model.id === id)
  if (like !== undefined) {
    if (known !== undefined) throw invalid(`${field}.id`, `must be new, got "${id}"`)
    const original = scenario.models.find((model) => model.id === like)
    if (original === undefined) throw unknown(`${field}.like`, like, scenario)
    return withCopy(scenario, limited({ ...original, id }, change), like)
  }
  if (known === undefined) throw unknown(`${field}.id`, id, scenario)
  const models = scenario.models.flatMap((model) => {
    if (model !== known) return [model]
    return isRemoved === true ? [] : [limited(model, change)]
  })
  return isRemoved === true
    ? { ...scenario, models, classes: without(scenario, id) }
    : { ...scenario, models }
}

function limited(model: SimulatedModel, change: ModelChange): SimulatedModel {
  return {
    ...model,
    maxConcurrent: change.maxConcurrent ?? model.maxConcurrent,
    maxQueue: change.maxQueue ?? model.maxQueue,
    targetUtilization: change.targetUtilization ?? model.targetUtilization,
  }
}

/** Whoever may be served by the one may be served by the other, at the same score. */
function withCopy(scenario: Scenario, copy: SimulatedModel, like: string): Scenario {
  return {
    ...scenario,
    models: [...scenario.models, copy],
    classes: scenario.classes.map((taskClass) => ({
      ...taskClass,
      candidates: taskClass.candidates.flatMap((candidate) =>
        candidate.modelId === like ? [candidate, { ...candidate, modelId: copy.id }] : [candidate],
      ),
    })),
  }
}

/** Requests that only it could serve are turned away then. */
function without({ classes }: Scenario, id: string): Scenario['classes'] {
  return classes.map((taskClass) => ({
    ...taskClass,
    candidates: taskClass.candidates.filter(({ modelId }) => modelId !== id),
  }))
}

function invalid(param: string, rule: string): WhatIfError {
  return new WhatIfError('invalid_value', param, `${param} ${rule}`)
}

function unknown(param: string, id: string, { models }: Scenario): WhatIfError {
  const known = models.slice(0, 10).map((model) => `"${model.id}"`)
  return invalid(param, `must be a model of what is simulated (${known.join(', ')}), got "${id}"`)
}
