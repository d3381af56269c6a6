import type { z } from 'zod'
import type { ApiDeps } from './deps.js'
import { registryField, type Field } from './registry-field.js'
import { AUTO_ASSIGN } from './schemas/auto-assign-schema.js'
import { constraintsFrom } from './schemas/constraint-schema.js'
import type { SolveTask } from './solver/task.js'

/** What a run takes from the instance. */
export type RunGround = Pick<ApiDeps, 'registry' | 'live' | 'learning' | 'assignment' | 'routing'>

type Options = Omit<z.output<typeof AUTO_ASSIGN>, 'agents' | 'models' | 'dry_run'>

/** A run over what the request gives. */
export function inlineTask(field: Field, options: Options, ground: RunGround): SolveTask {
  return { input: inputOf(field, options, ground), wantsAnswer: true, wantsResult: false }
}

/** A run over the registry; without options, as a request without a body asks for it. */
export function registryTask(ground: RunGround, options: Options = AUTO_ASSIGN.parse({})): SolveTask {
  // The result is wanted even where nothing is to be stored: whoever asks next may want to store it.
  return { input: inputOf(registryField(ground), options, ground), wantsAnswer: true, wantsResult: true }
}

function inputOf(field: Field, options: Options, { assignment, routing }: RunGround): SolveTask['input'] {
  return {
    ...field,
    strategy: options.strategy ?? assignment.strategy,
    loadBalancing: options.enable_load_balancing ?? assignment.loadBalancing,
    loadWeight: options.load_weight ?? routing.loadWeight,
    ...(options.min_score === undefined ? {} : { minScore: options.min_score }),
    ...constraintsFrom(options.constraints, options.anti_affinity),
    explain: options.explain,
  }
}
