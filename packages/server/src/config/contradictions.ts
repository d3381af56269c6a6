/** A rule broken between values that are each fine on their own. */
interface Contradiction {
  readonly steps: readonly PropertyKey[]
  readonly rule: string
}

/**
 * Ids used twice, an alias that is a model's id, a model that falls back to itself, and secrets written into the file.
 *
 * Both arguments may be of any shape, so that these are found together with what the schema finds.
 *
 * @param value - the document with the environment filled in.
 * @param written - the document as the file has it.
 */
export function contradictions(value: unknown, written: unknown): Contradiction[] {
  const models = entries(value, 'models')
  return [
    ...repeated(models, 'models'),
    ...repeated(entries(value, 'agents'), 'agents'),
    ...shadowingAliases(models),
    ...ownFallbacks(models),
    ...writtenSecrets(entries(written, 'models')),
  ]
}

type Entry = Readonly<Record<string, unknown>>

function entries(document: unknown, section: string): Entry[] {
  const list = (document as Entry | null | undefined)?.[section]
  // What is no mapping stays as an empty one, so that indexes keep telling the place in the file.
  return Array.isArray(list)
    ? list.map((item: unknown) => (typeof item === 'object' && item ? item : {}) as Entry)
    : []
}

function repeated(list: readonly Entry[], section: string): Contradiction[] {
  const first = new Map<unknown, number>()
  return list.flatMap(({ id }, index) => {
    const earlier = first.get(id)
    if (typeof id !== 'string') return []
    if (earlier === undefined) {
      first.set(id, index)
      return []
    }
    return [{ steps: [section, index, 'id'], rule: `must be unique; ${section}[${earlier}] has it already` }]
  })
}

function shadowingAliases(models: readonly Entry[]): Contradiction[] {
  const ids = models.map(({ id }) => id)
  return models.flatMap(({ alias }, index) => {
    const owner = typeof alias === 'string' ? ids.indexOf(alias) : -1
    if (owner < 0) return []
    return [
      { steps: ['models', index, 'alias'], rule: `must not be the id of a model; models[${owner}] has it` },
    ]
  })
}

function ownFallbacks(models: readonly Entry[]): Contradiction[] {
  return models.flatMap(({ id, fallbacks }, index) => {
    const own = Array.isArray(fallbacks) && typeof id === 'string' ? fallbacks.indexOf(id) : -1
    if (own < 0) return []
    return [{ steps: ['models', index, 'fallbacks', own], rule: 'must not be the id of the model itself' }]
  })
}

function writtenSecrets(models: readonly Entry[]): Contradiction[] {
  return models.flatMap(({ api_key: key }, index) => {
    if (typeof key !== 'string' || /(^|[^$])\$\{/.test(key)) return []
    return [
      {
        steps: ['models', index, 'api_key'],
        rule: 'must come from the environment: write ${NAME} instead of the key',
      },
    ]
  })
}
