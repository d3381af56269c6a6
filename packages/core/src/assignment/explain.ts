import { MICROPOINTS_PER_POINT } from '../scoring/points.js'
import type { AssignmentResult } from './assignment.js'
import { isFlow } from './bounded.js'
import { explainAlone } from './explain-alone.js'
import { explainOptimum, type PlacedReason, type Reasons } from './explain-optimum.js'
import { explainTurns } from './explain-turns.js'
import type { Explanation, ModelExplanation, UnassignedExplanation } from './explanation.js'
import type { AssignInput } from './input.js'
import type { Placement } from './placement.js'
import type { Run } from './run.js'
import type { Strategy } from './strategy.js'

/** Why each agent is where it is and what each seat is worth, told of a finished run. */
export function explain(
  { strategy }: AssignInput,
  run: Run,
  { columnOfRow }: Placement,
  { assignments, unassigned }: Pick<AssignmentResult, 'assignments' | 'unassigned'>,
): Explanation {
  const reasons = reasonsOf(strategy, run, columnOfRow)
  const rowOf = new Map(run.waiting.map(({ id }, row) => [id, row]))
  const columnOf = new Map(run.withRoom.map(({ model }, col) => [model.id, col]))
  const modelId = (col: number) => run.withRoom[col]?.model.id ?? null
  const scoreAt = (row: number, col: number) =>
    col === -1 ? null : (run.matchScores[row * run.problem.cols + col] as number)
  return {
    basis: reasons.basis,
    assigned: assignments.map(({ agentId, modelId: chosen, method }) => {
      const row = rowOf.get(agentId)
      const reason = method === 'manual' || row === undefined ? UNCOMPARED : reasons.placed(row)
      return {
        agentId,
        modelId: chosen,
        runnerUpId: modelId(reason.runnerUp),
        runnerUpScore: row === undefined ? null : scoreAt(row, reason.runnerUp),
        margin: toPoints(reason.margin),
        pricePaid: toPoints(reason.pricePaid),
      }
    }),
    unassigned: unassigned.map(({ agentId }): UnassignedExplanation => {
      const row = rowOf.get(agentId)
      const nearest = row === undefined ? undefined : reasons.outside(row)
      return {
        agentId,
        nearestId: modelId(nearest?.col ?? -1),
        score: row === undefined ? null : scoreAt(row, nearest?.col ?? -1),
        enoughScore: toPoints(nearest?.enough ?? null),
      }
    }),
    models: run.models.map(({ model: { id } }): ModelExplanation => {
      const col = columnOf.get(id)
      const seats = col === undefined ? undefined : reasons.model(col)
      return {
        modelId: id,
        priceLeast: toPoints(seats?.least ?? null),
        priceGreatest: toPoints(seats?.greatest ?? null),
        oneMoreSeat: toPoints(seats?.oneMore ?? null),
        isConfirmed: seats?.isConfirmed ?? null,
      }
    }),
  }
}

function reasonsOf(strategy: Strategy, run: Run, columnOfRow: Int32Array): Reasons {
  if (strategy !== 'optimal') return explainTurns(run.problem, strategy, columnOfRow)
  return isFlow(run.problem) ? explainOptimum(run, columnOfRow) : explainAlone(run, columnOfRow)
}

const UNCOMPARED: PlacedReason = { runnerUp: -1, margin: null, pricePaid: null }

function toPoints(micropoints: number | null): number | null {
  return micropoints === null || !Number.isFinite(micropoints) ? null : micropoints / MICROPOINTS_PER_POINT
}
