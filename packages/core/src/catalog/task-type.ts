import { LoadstarError } from '../error.js'
import type { Demand } from './capability.js'

/** Kinds of work a caller can name instead of listing capabilities. */
export const TASK_TYPES = [
  'coding',
  'math',
  'reasoning',
  'arabic',
  'general',
  'translation',
  'summarization',
  'question_answering',
] as const
export type TaskType = (typeof TASK_TYPES)[number]

const DEMANDS: Readonly<Record<TaskType, Demand>> = {
  coding: { requiredCapabilities: ['coding', 'reasoning'], preferredCapabilities: [] },
  math: { requiredCapabilities: ['math', 'reasoning'], preferredCapabilities: [] },
  reasoning: { requiredCapabilities: ['reasoning'], preferredCapabilities: [] },
  arabic: { requiredCapabilities: ['arabic', 'multilingual'], preferredCapabilities: [] },
  general: { requiredCapabilities: ['general'], preferredCapabilities: [] },
  translation: { requiredCapabilities: ['multilingual'], preferredCapabilities: [] },
  summarization: { requiredCapabilities: ['general'], preferredCapabilities: ['long_context'] },
  question_answering: { requiredCapabilities: ['general', 'reasoning'], preferredCapabilities: [] },
}

/**
 * What a task asks of a model; the same object each time, without a minimum context length.
 *
 * @throws {LoadstarError} `OPTION_INVALID` for a name that is not in `TASK_TYPES`.
 */
export function demandOfTask(task: TaskType): Demand {
  if (!Object.hasOwn(DEMANDS, task)) {
    throw new LoadstarError('OPTION_INVALID', 'task_type', `must be one of ${TASK_TYPES.join(', ')}`, task)
  }
  return DEMANDS[task]
}

/** What is asked for where nothing fits better. */
const ANYTHING: TaskType = 'general'

/**
 * The task type that a demand is of: the one that requires the same capabilities and prefers none that the demand does
 * not; where several do, the one that prefers most; `general` where none does.
 */
export function taskTypeOf({ requiredCapabilities, preferredCapabilities }: Demand): TaskType {
  const required = new Set(requiredCapabilities)
  let best = ANYTHING
  let most = -1
  for (const task of TASK_TYPES) {
    const wanted = DEMANDS[task]
    const { length } = wanted.requiredCapabilities
    if (length !== required.size || !wanted.requiredCapabilities.every((name) => required.has(name))) continue
    const preferred = wanted.preferredCapabilities
    if (preferred.length <= most || !preferred.every((name) => preferredCapabilities.includes(name))) continue
    best = task
    most = preferred.length
  }
  return best
}
