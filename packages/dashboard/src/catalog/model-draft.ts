import type { ModelView } from '../api/views'

/** A model as it is typed: texts as they stand in their fields. */
export interface ModelDraft {
  readonly id: string
  readonly name: string
  readonly base_url: string
  readonly dialect: string
  readonly alias: string
  readonly upstream_model: string
  readonly api_key_env: string
  readonly profile: string
  readonly context_length: string
  readonly max_concurrent: string
  readonly max_queue: string
  readonly price_in: string
  readonly price_out: string
  readonly tags: string
  readonly capabilities: Readonly<Record<string, number>>
}

export const NEW_MODEL: ModelDraft = {
  id: '',
  name: '',
  base_url: '',
  dialect: 'openai',
  alias: '',
  upstream_model: '',
  api_key_env: '',
  profile: '',
  context_length: '',
  max_concurrent: '8',
  max_queue: '',
  price_in: '',
  price_out: '',
  tags: '',
  capabilities: {},
}

export function draftOf(model: ModelView): ModelDraft {
  return {
    id: model.id,
    name: model.name,
    base_url: model.base_url,
    dialect: model.dialect,
    alias: model.alias ?? '',
    upstream_model: model.upstream_model,
    api_key_env: model.api_key_env ?? '',
    profile: '',
    context_length: String(model.context_length),
    max_concurrent: String(model.max_concurrent),
    max_queue: String(model.max_queue),
    price_in: model.price === null ? '' : String(model.price.input_usd_per_mtok),
    price_out: model.price === null ? '' : String(model.price.output_usd_per_mtok),
    tags: model.tags.join(', '),
    capabilities: model.capabilities,
  }
}

/** What a new model is made from: what was left empty is left out, and gets its default. */
export function creationOf(draft: ModelDraft): object {
  const given = (name: string, value: string) => (value.trim() === '' ? {} : { [name]: value.trim() })
  return {
    id: draft.id.trim(),
    base_url: draft.base_url.trim(),
    dialect: draft.dialect,
    max_concurrent: Number(draft.max_concurrent),
    ...given('name', draft.name),
    ...given('alias', draft.alias),
    ...given('upstream_model', draft.upstream_model),
    ...given('api_key_env', draft.api_key_env),
    ...given('profile', draft.profile),
    ...(draft.context_length === '' ? {} : { context_length: Number(draft.context_length) }),
    ...(draft.max_queue === '' ? {} : { max_queue: Number(draft.max_queue) }),
    ...(Object.keys(draft.capabilities).length === 0 ? {} : { capabilities: draft.capabilities }),
    ...(priceOf(draft) === null ? {} : { price: priceOf(draft) }),
    tags: tagsOf(draft),
  }
}

/** What is sent for a changed description; what was emptied is removed. Limits are changed apart. */
export function descriptionOf(draft: ModelDraft): object {
  const orNull = (value: string) => (value.trim() === '' ? null : value.trim())
  return {
    name: draft.name.trim(),
    base_url: draft.base_url.trim(),
    dialect: draft.dialect,
    alias: orNull(draft.alias),
    upstream_model: draft.upstream_model.trim(),
    api_key_env: orNull(draft.api_key_env),
    context_length: Number(draft.context_length),
    price: priceOf(draft),
    tags: tagsOf(draft),
    capabilities: draft.capabilities,
  }
}

function priceOf({ price_in, price_out }: ModelDraft) {
  if (price_in.trim() === '' && price_out.trim() === '') return null
  return { input_usd_per_mtok: Number(price_in), output_usd_per_mtok: Number(price_out) }
}

function tagsOf({ tags }: ModelDraft): readonly string[] {
  return tags
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}
