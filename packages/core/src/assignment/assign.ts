import type { AssignmentResult } from './assignment.js'
import { checkAssignInput, type AssignInput } from './input.js'
import { reportOf } from './report.js'
import { layOut } from './run.js'
import { PLACERS } from './strategy.js'

/**
 * Pairs agents with models under their capacities; formulas and objectives in docs/concepts/assignment.md.
 *
 * A model's seats are `maxConcurrent` less its requests in flight; models without any are filtered and counted. Only
 * online agents are assigned; the others, and those for whom nothing is left, come back with a reason. Manual
 * assignments (`fixed`) stand and take their seats first. The same input gives the same result.
 *
 * @throws {LoadstarError} for agents, models or options that do not check, naming field, rule and value.
 *
 * O(agents · models) for greedy and balanced; see `solveTransportation` for optimal.
 */
export function assign(input: AssignInput): AssignmentResult {
  checkAssignInput(input)
  const run = layOut(input)
  return reportOf(input, run, PLACERS[input.strategy](run.problem))
}
