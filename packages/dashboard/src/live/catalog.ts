import { computed } from '@preact/signals'
import { allPages } from '../api/all-pages'
import type { AgentView, AssignmentView, ModelView } from '../api/views'
import type { CatalogEvent } from './events'
import { resource, valueOf } from './loadable'

/** The registry as the server has it; read when a page first wants it, and again whenever it changes. */
export const models = resource(() => allPages<ModelView, 'models'>('/models', 'models'))
export const agents = resource(() => allPages<AgentView, 'agents'>('/agents', 'agents'))
export const assignments = resource(() =>
  allPages<AssignmentView, 'assignments'>('/assignments', 'assignments', { status: 'active' }),
)

export const modelNames = computed(() => names(valueOf(models.state.value)))
export const agentNames = computed(() => names(valueOf(agents.state.value)))

const RESOURCES = { model: [models], agent: [agents], assignment: [assignments] } as const

/** Deleting a model or an agent deletes its assignments. */
export function takeCatalog({ kind }: CatalogEvent): void {
  for (const one of RESOURCES[kind]) void one.load()
  if (kind !== 'assignment') void assignments.load()
}

export function reloadCatalog(): void {
  for (const one of [models, agents, assignments]) void one.load()
}

function names(entries: readonly { readonly id: string; readonly name: string }[] | undefined) {
  return new Map(entries?.map(({ id, name }) => [id, name]))
}
