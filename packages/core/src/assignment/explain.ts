import { MICROPOINTS_PER_POINT } from '../scoring/points.js'
import type { AssignmentResult } from './assignment.js'
import { explainOptimum, type PlacedReason } from './explain-optimum.js'
import { explainTurns } from './explain-turns.js'
import type { Explanation, ModelExplanation, UnassignedExplanation } from './explanation.js'
import type { AssignInput } from './input.js'
import type { Placement } from './placement.js'
import type { Run } from './run.js'

/** Why each agent is where it is and what each seat is worth, told of a finished run. */
export function explain(
  { strategy }: AssignInput,
  run: Run,
  { columnOfRow }: Placement,
  { assignments, unassigned }: Pick<AssignmentResult, 'assignments' | 'unassigned'>,
): Explanation {
  const reasons =
    strategy === 'optimal'
      ? explainOptimum(run, columnOfRow)
      : explainTurns(run.problem, strategy, columnOfRow)
  const rowOf = new Map(run.waiting.map(({ id }, row) => [id, row]))
  const columnOf = new Map(run.withRoom.map(({ model }, col) => [model.id, col]))
  const modelId = (col: number) => run.withRoom[col]?.model.id ?? null
  const scoreAt = (row: number, col: number) =>
    col === -1 ? null : (run.capabilityScores[row * run.problem.cols + col] as number)
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

const UNCOMPARED: PlacedReason = { runnerUp: -1, margin: null, pricePaid: null }

function toPoints(micropoints: number | null): number | null {
  return micropoints === null || !Number.isFinite(micropoints) ? null : micropoints / MICROPOINTS_PER_POINT
}
