import type { Catalog } from '../registry/catalog.js'
import type { ModelEntry } from '../registry/entry.js'

/** One entry of `GET /v1/models`: OpenAI's fields, then what a router can tell besides. */
interface ListedModel {
  readonly id: string
  readonly object: 'model'
  /** Unix seconds. */
  readonly created: number
  readonly owned_by: string
  readonly capabilities?: Readonly<Record<string, number>>
  readonly context_length?: number
  readonly max_concurrent?: number
  /** The models behind an alias or `auto`. */
  readonly serves?: readonly string[]
}

/** Every name a request may use as `model`, models first, then aliases, then `auto`. */
export function listModels(catalog: Catalog, createdSec: number): readonly ListedModel[] {
  const models = catalog.models()
  const aliases = [...new Set(models.flatMap(({ alias }) => alias ?? []))]
  return [
    ...models.map((model) => describe(model, createdSec)),
    ...aliases.map((alias) => group(alias, catalog.modelsOfAlias(alias), createdSec)),
    ...(models.length > 0 ? [group('auto', models, createdSec)] : []),
  ]
}

function describe(model: ModelEntry, created: number): ListedModel {
  return {
    id: model.id,
    object: 'model',
    created,
    owned_by: 'loadstar',
    capabilities: model.capabilities,
    context_length: model.contextLength,
    max_concurrent: model.maxConcurrent,
  }
}

function group(id: string, models: readonly ModelEntry[], created: number): ListedModel {
  return { id, object: 'model', created, owned_by: 'loadstar', serves: models.map((model) => model.id) }
}
