import type { Catalog } from '../registry/catalog.js'
import type { ModelEntry } from '../registry/entry.js'

/** One entry of `GET /v1/models`: OpenAI's fields, then what a router can tell besides. */
interface ListedModel {
  readonly id: string
  readonly object: 'model'
  /** Unix seconds. */
  readonly created: number
  readonly owned_by: string
  /** The same in the words of the Anthropic API. */
  readonly type: 'model'
  readonly display_name: string
  readonly created_at: string
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

/** A page that is the whole list, in the words of either API. */
export function pageOf(data: readonly ListedModel[]): object {
  const [first, last] = [data[0], data.at(-1)]
  return { object: 'list', data, has_more: false, first_id: first?.id ?? null, last_id: last?.id ?? null }
}

function describe(model: ModelEntry, created: number): ListedModel {
  return {
    ...named(model.id, model.name, created),
    capabilities: model.capabilities,
    context_length: model.contextLength,
    max_concurrent: model.maxConcurrent,
  }
}

function group(id: string, models: readonly ModelEntry[], created: number): ListedModel {
  return { ...named(id, id, created), serves: models.map((model) => model.id) }
}

function named(id: string, name: string, created: number) {
  return {
    id,
    object: 'model',
    created,
    owned_by: 'loadstar',
    type: 'model',
    display_name: name,
    created_at: new Date(created * 1_000).toISOString(),
  } as const
}
