import type { Logger } from 'pino'
import { registryTask, type RunGround } from '../api/assignment-task.js'
import type { ApiDeps } from '../api/deps.js'

/** Makes the run over the registry that has no options of its own, so that the first who asks for it need not wait. */
export async function warmUpRuns(
  ground: RunGround & Pick<ApiDeps, 'runs'>,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  try {
    await ground.runs.solve(registryTask(ground), { isCoarse: true, signal })
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'the cache of assignments was not warmed up')
  }
}
