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
  | { readonly kind: 'ready'; readonly run: AssignmentRun; readonly wish: Wish }

export const preview = signal<Preview>({ kind: 'none' })

export async function runPreview(): Promise<void> {
  const asked = wish.peek()
  preview.value = { kind: 'running' }
  try {
    preview.value = { kind: 'ready', run: await solve(asked, true), wish: asked }
  } catch (error) {
    preview.value = { kind: 'failed', error }
  }
}

export async function applyPlan(asked: Wish): Promise<AssignmentRun> {
  const run = await solve(asked, false)
  preview.value = { kind: 'none' }
  return run
}

/** @returns how many assignments stand again. */
export async function undoRun(): Promise<number> {
  const { restored } = await post<{ readonly restored: number }>('/assignments/undo')
  preview.value = { kind: 'none' }
  return restored
}

function solve({ strategy, isBalancing }: Wish, isDryRun: boolean): Promise<AssignmentRun> {
  return post('/auto-assign-all', {
    strategy,
    enable_load_balancing: isBalancing,
    dry_run: isDryRun,
    explain: isDryRun,
  })
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
export function movesOf(today: readonly AssignmentView[], run: AssignmentRun): readonly Move[] {
  const before = new Map(today.map((assignment) => [assignment.agent_id, assignment]))
  const stays = new Set<string>()
  const moves: Move[] = []
  for (const { agent_id, agent_name, model_id, score } of run.assignments) {
    stays.add(agent_id)
    const old = before.get(agent_id)
    if (old?.model_id === model_id) continue
    moves.push({
      agentId: agent_id,
      agentName: agent_name,
      from: old?.model_id ?? null,
      to: model_id,
      gain: score - (old?.score ?? 0),
    })
  }
  for (const { agent_id, agent_name, model_id, score, method } of today) {
    if (stays.has(agent_id) || method === 'manual') continue
    moves.push({ agentId: agent_id, agentName: agent_name, from: model_id, to: null, gain: -score })
  }
  return moves.sort((a, b) => b.gain - a.gain)
}

/** What the assignments are worth together, points. */
export function totalOf(assignments: readonly AssignmentView[]): number {
  return assignments.reduce((sum, { score }) => sum + score, 0)
}

/** The proof of a run in words. */
export function certificateOf({ is_optimal, optimality_gap, strategy_used }: AssignmentRun): string {
  if (is_optimal) return 'Proved optimal: no other assignment is worth more.'
  if (optimality_gap !== null) {
    return `A better one could be worth ${optimality_gap.toFixed(2)} points more at most.`
  }
  return `No proof: ${strategy_used} looks at one agent after the other. Only optimal comes with a certificate.`
}
