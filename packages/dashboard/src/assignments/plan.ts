import { signal } from '@preact/signals'
import { post } from '../api/request'
import type { AssignmentRun, AssignmentView, Strategy } from '../api/views'

/** What a run of the solver is asked for. */
export interface Wish {
  readonly strategy: Strategy
  readonly isBalancing: boolean
}

export const wish = signal<Wish>({ strategy: 'optimal', isBalancing: true })

export type Preview =
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | {
      readonly kind: 'ready'
      readonly run: AssignmentRun
      /** What stands today, scored as the run is: at the loads of this moment. */
      readonly standing: AssignmentRun
      readonly wish: Wish
    }

export const preview = signal<Preview>({ kind: 'none' })

export async function runPreview(today: readonly AssignmentView[]): Promise<void> {
  const asked = wish.peek()
  preview.value = { kind: 'running' }
  try {
    const [run, standing] = await Promise.all([
      solve(asked, { dry_run: true }),
      solve(asked, { dry_run: true, constraints: asToday(today) }),
    ])
    preview.value = { kind: 'ready', run, standing, wish: asked }
  } catch (error) {
    preview.value = { kind: 'failed', error }
  }
}

export async function applyPlan(asked: Wish): Promise<AssignmentRun> {
  const run = await solve(asked, { dry_run: false })
  preview.value = { kind: 'none' }
  return run
}

/** @returns how many assignments stand again. */
export async function undoRun(): Promise<number> {
  const { restored } = await post<{ readonly restored: number }>('/assignments/undo')
  preview.value = { kind: 'none' }
  return restored
}

function solve({ strategy, isBalancing }: Wish, more: object): Promise<AssignmentRun> {
  return post('/auto-assign-all', { strategy, enable_load_balancing: isBalancing, ...more })
}

/** Every agent keeps its model: the scores that are stored are those of the moment they were made in. */
function asToday(today: readonly AssignmentView[]): readonly object[] {
  return today.map(({ agent_id, model_id }) => ({ agent_id, allowed_models: [model_id] }))
}

/** What becomes of one agent when a run is applied. */
export interface Move {
  readonly agentId: string
  readonly agentName: string
  /** `null` where it has no model. */
  readonly from: string | null
  readonly to: string | null
  /** Points of score gained. */
  readonly gain: number
}

/** Agents whose model changes, the greatest gain first; manual assignments never move. */
export function movesOf(
  today: readonly AssignmentView[],
  run: AssignmentRun,
  standing: AssignmentRun,
): readonly Move[] {
  const before = new Map(today.map((assignment) => [assignment.agent_id, assignment.model_id]))
  const worth = new Map(standing.assignments.map(({ agent_id, score }) => [agent_id, score]))
  const moved = run.assignments
    .filter(({ agent_id, model_id }) => before.get(agent_id) !== model_id)
    .map(({ agent_id, agent_name, model_id, score }) => ({
      agentId: agent_id,
      agentName: agent_name,
      from: before.get(agent_id) ?? null,
      to: model_id,
      gain: score - (worth.get(agent_id) ?? 0),
    }))
  const assigned = new Set(run.assignments.map(({ agent_id }) => agent_id))
  const dropped = today
    .filter(({ agent_id, method }) => !assigned.has(agent_id) && method !== 'manual')
    .map(({ agent_id, agent_name, model_id }) => ({
      agentId: agent_id,
      agentName: agent_name,
      from: model_id,
      to: null,
      gain: -(worth.get(agent_id) ?? 0),
    }))
  return [...moved, ...dropped].sort((a, b) => b.gain - a.gain)
}

/** The proof of a run in words. */
export function certificateOf({ is_optimal, optimality_gap, strategy_used }: AssignmentRun): string {
  if (is_optimal) return 'Proved optimal: no other assignment is worth more.'
  if (optimality_gap !== null) {
    return `A better one could be worth ${optimality_gap.toFixed(2)} points more at most.`
  }
  return `No proof: ${strategy_used} looks at one agent after the other. Only optimal comes with a certificate.`
}
