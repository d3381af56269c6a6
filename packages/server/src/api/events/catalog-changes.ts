import type { RegistryChange } from '../../registry/registry-change.js'

const KINDS = ['model', 'agent', 'assignment'] as const
type Kind = (typeof KINDS)[number]

/** Ids that one event names at most: a client that is told of more does better to ask for all. */
const MOST_IDS = 200

interface CatalogNews {
  readonly kind: Kind
  /** Left out where there are too many, or nobody knows which. */
  readonly ids?: readonly string[]
}

/** What has changed in the registry since it was asked last. */
export class CatalogChanges {
  readonly #changed = new Map<Kind, Set<string> | 'many'>()

  note(change: RegistryChange): void {
    switch (change.kind) {
      case 'model_put':
        return this.#add('model', change.model.id)
      case 'model_removed':
        this.#add('model', change.id)
        // With all that were assigned to it.
        return void this.#changed.set('assignment', 'many')
      case 'agent_put':
        return this.#add('agent', change.agent.id)
      case 'agent_removed':
        this.#add('agent', change.id)
        return void this.#changed.set('assignment', 'many')
      case 'assignment_put':
      case 'assignment_removed':
        return this.#add('assignment', change.assignment.id)
      case 'assignments_replaced':
        return void this.#changed.set('assignment', 'many')
    }
  }

  take(): readonly CatalogNews[] {
    const news = KINDS.flatMap((kind): CatalogNews[] => {
      const ids = this.#changed.get(kind)
      if (ids === undefined) return []
      return [ids === 'many' || ids.size > MOST_IDS ? { kind } : { kind, ids: [...ids] }]
    })
    this.#changed.clear()
    return news
  }

  #add(kind: Kind, id: string): void {
    const ids = this.#changed.get(kind)
    if (ids === 'many') return
    if (ids === undefined) this.#changed.set(kind, new Set([id]))
    else ids.add(id)
  }
}
