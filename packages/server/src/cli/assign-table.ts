import type { AssignmentResult, Explanation, ModelUse } from '@loadstar/core'
import Table from 'cli-table3'
import pc from 'picocolors'

type Colors = ReturnType<typeof pc.createColors>

/** A result for people: who got which model, who got none and why, how full each model is, and the totals. */
export function renderAssignment(result: AssignmentResult, isColored: boolean): string {
  const colors = pc.createColors(isColored)
  return [
    assignmentTable(result, colors),
    ...result.unassigned.map(
      ({ agentName, message }) => `${colors.yellow('unassigned')} ${agentName}: ${message}`,
    ),
    modelTable(result, colors),
    ...(result.explanation === undefined ? [] : explanationTables(result, result.explanation, colors)),
    totals(result),
  ].join('\n')
}

function assignmentTable({ assignments }: AssignmentResult, colors: Colors): string {
  const table = plainTable(
    ['agent', 'model', 'score', 'match', 'missing'],
    ['left', 'left', 'right', 'right', 'left'],
    colors,
  )
  for (const { agentName, modelName, score, matchScore, missingRequired } of assignments) {
    table.push([
      agentName,
      modelName,
      score.toFixed(1),
      matchScore.toFixed(1),
      missingRequired.length === 0 ? '–' : colors.yellow(missingRequired.join(', ')),
    ])
  }
  return table.toString()
}

function modelTable({ models, filteredModelIds }: AssignmentResult, colors: Colors): string {
  const table = plainTable(
    ['model', 'agents', 'slots', 'utilisation', 'slot price'],
    ['left', 'right', 'right', 'right', 'right'],
    colors,
  )
  for (const model of models) {
    const isFiltered = filteredModelIds.includes(model.modelId)
    table.push([
      isFiltered ? colors.dim(`${model.modelName} (no room)`) : model.modelName,
      String(model.assigned),
      String(model.maxConcurrent),
      utilization(model),
      model.seatPrice === null ? '–' : model.seatPrice.toFixed(1),
    ])
  }
  return table.toString()
}

function utilization({ utilization: share }: ModelUse): string {
  return share === null ? 'unknown' : `${(share * 100).toFixed(1)} %`
}

function explanationTables(
  { assignments, unassigned, models }: AssignmentResult,
  explanation: Explanation,
  colors: Colors,
): readonly string[] {
  const nameOf = new Map(models.map(({ modelId, modelName }) => [modelId, modelName]))
  const named = (id: string | null) => (id === null ? '–' : (nameOf.get(id) ?? id))
  const agents = plainTable(
    ['agent', 'runner-up', 'match there', 'margin', 'price paid'],
    ['left', 'left', 'right', 'right', 'right'],
    colors,
  )
  explanation.assigned.forEach(({ runnerUpId, runnerUpScore, margin, pricePaid }, i) => {
    const name = assignments[i]?.agentName ?? ''
    agents.push([name, named(runnerUpId), points(runnerUpScore), points(margin), points(pricePaid)])
  })
  const enough = explanation.unassigned.flatMap(({ nearestId, score, enoughScore }, i) => {
    if (nearestId === null || enoughScore === null) return []
    const isInReach = enoughScore <= 100
    const end = isInReach ? `more than ${points(enoughScore)} would have been enough` : 'no score is enough'
    return [`${unassigned[i]?.agentName}: nearest to ${named(nearestId)} with ${points(score)}; ${end}`]
  })
  const prices = plainTable(
    ['model', 'least price', 'greatest price', 'one more slot', 'confirmed'],
    ['left', 'right', 'right', 'right', 'left'],
    colors,
  )
  for (const { modelId, priceLeast, priceGreatest, oneMoreSeat, isConfirmed } of explanation.models) {
    const confirmed = isConfirmed === null ? '–' : isConfirmed ? 'by solving anew' : 'no'
    prices.push([named(modelId), points(priceLeast), points(priceGreatest), points(oneMoreSeat), confirmed])
  }
  return [agents.toString(), ...enough, ...(explanation.basis === 'reoptimised' ? [prices.toString()] : [])]
}

function points(number: number | null): string {
  return number === null ? '–' : number.toFixed(1)
}

function totals(result: AssignmentResult): string {
  const total = result.assignments.length + result.unassigned.length
  const gap = result.optimalityGap
  const within = gap === null ? '' : `, at most ${gap.toFixed(3)} below the optimum`
  const proof = result.isOptimal ? ', proved optimal' : within
  return (
    `${result.strategy}, load balancing ${result.loadBalancing ? 'on' : 'off'}: ` +
    `${result.assignments.length} of ${total} agents assigned, total score ${result.totalScore.toFixed(1)}${proof}, ` +
    `mean match ${result.avgMatchScore.toFixed(1)}, mean utilisation ${(result.avgUtilization * 100).toFixed(1)} %`
  )
}

function plainTable(head: string[], colAligns: ('left' | 'right')[], colors: Colors) {
  return new Table({ head: head.map(colors.bold), colAligns, style: { head: [], border: [], compact: true } })
}
