import {
  DEFAULT_TARGET_UTILIZATION,
  type ClassCandidate,
  type Priority,
  type RoutedModel,
  type Scenario,
  type SimulatedModel,
  type TaskClass,
  type TraceRecord,
} from '@loadstar/core'
import type { DecisionView } from './decision-view.js'

/** What of a recorded request is replayed. */
export type Recorded = Pick<
  DecisionView,
  | 'at_ms'
  | 'asked_model'
  | 'agent_id'
  | 'task'
  | 'priority'
  | 'model_id'
  | 'outcome'
  | 'total_ms'
  | 'queue_ms'
  | 'service_ms'
  | 'first_byte_ms'
  | 'input_tokens'
  | 'output_tokens'
  | 'considered'
>

interface Trace {
  readonly scenario: Scenario
  /** Requests that are not replayed: refused for what they were, answered from the response cache, or nobody knows who could have served them. */
  readonly leftOut: number
}

/** Requests that may wait at a model of which only its traffic is known. */
const LONG_QUEUE = 1_000_000

/**
 * The recorded requests as a world to simulate: they come when they came and may be served by the models that were
 * weighed for them, at the scores of then. How long a model takes is drawn from a log-normal distribution of the mean and
 * spread that its completed answers had.
 *
 * @param records - in any order.
 * @param known - models as they are to be; any other has as many slots as it was seen to use at once.
 */
export function traceOf(records: readonly Recorded[], known: readonly RoutedModel[]): Trace {
  const classes = new Map<string, TaskClass>()
  const likely = likelyCandidates(records)
  const sorted = records.filter(isWork).sort((a, b) => a.at_ms - b.at_ms)
  const startMs = sorted[0]?.at_ms ?? 0
  const trace: TraceRecord[] = []
  for (const record of sorted) {
    const candidates = candidatesOf(record) ?? likely.get(kindOf(record))
    if (candidates === undefined) continue
    const { priority, agent_id, input_tokens, output_tokens } = record
    const classId = JSON.stringify([priority, candidates.map(({ modelId, score }) => [modelId, score])])
    if (!classes.has(classId)) {
      classes.set(classId, {
        id: classId,
        candidates,
        ...(priority === null ? {} : { priority: priority as Priority }),
      })
    }
    trace.push({
      atMs: record.at_ms - startMs,
      classId,
      ...(input_tokens === null ? {} : { inputTokens: input_tokens }),
      ...(output_tokens === null ? {} : { outputTokens: output_tokens }),
      ...(agent_id === null ? {} : { tenant: agent_id }),
    })
  }
  const needed = new Set(
    [...classes.values()].flatMap(({ candidates }) => candidates.map((one) => one.modelId)),
  )
  return {
    scenario: {
      name: 'recorded requests',
      models: [...needed].map((id) => modelOf(id, records, known)),
      classes: [...classes.values()],
      streams: [{ arrivals: { kind: 'trace', records: trace } }],
      durationMs: Math.max(1, trace.at(-1)?.atMs ?? 0),
    },
    leftOut: records.length - trace.length,
  }
}

function candidatesOf({ considered }: Recorded): readonly ClassCandidate[] | undefined {
  if (considered === null || considered.models.length === 0) return undefined
  return considered.models.map(([modelId, score]) => ({ modelId, score }))
}

/** Whether a model was wanted: not for what was never read, nor for what the response cache answered. */
function isWork({ asked_model, outcome }: Recorded): boolean {
  return asked_model !== null && outcome !== 'cached'
}

/** Requests of one kind have the same candidates, unless the configuration changed in between. */
function kindOf({ asked_model, agent_id, task }: Recorded): string {
  return JSON.stringify([asked_model, agent_id, task])
}

/** For requests that were turned away before anything was decided: those of others that asked for the same. */
function likelyCandidates(records: readonly Recorded[]): ReadonlyMap<string, readonly ClassCandidate[]> {
  const likely = new Map<string, readonly ClassCandidate[]>()
  for (const record of records) {
    const candidates = candidatesOf(record)
    if (candidates !== undefined) likely.set(kindOf(record), candidates)
  }
  return likely
}

function modelOf(id: string, records: readonly Recorded[], known: readonly RoutedModel[]): SimulatedModel {
  const served = records.filter((record) => record.model_id === id && isWork(record))
  const configured = known.find((model) => model.id === id)
  const model: RoutedModel = configured ?? {
    id,
    maxConcurrent: Math.max(1, mostAtOnce(served)),
    maxQueue: LONG_QUEUE,
    targetUtilization: DEFAULT_TARGET_UTILIZATION,
  }
  return { ...routedModel(model), service: serviceOf(served.length > 0 ? served : records) }
}

/** What routing needs of a model, and neither its key nor anything else that a simulation has no use for. */
export function routedModel({
  id,
  maxConcurrent,
  maxQueue,
  targetUtilization,
  price,
  pace,
}: RoutedModel): RoutedModel {
  return {
    id,
    maxConcurrent,
    maxQueue,
    targetUtilization,
    ...(price === undefined ? {} : { price }),
    ...(pace === undefined ? {} : { pace }),
  }
}

/** Of a model that served none of them: as the others took. */
function serviceOf(records: readonly Recorded[]): SimulatedModel['service'] {
  const times: number[] = []
  let toFirstByteMs = 0
  let totalMs = 0
  for (const { outcome, service_ms, first_byte_ms } of records) {
    if (outcome !== 'completed' || service_ms === null || service_ms <= 0) continue
    times.push(service_ms)
    if (first_byte_ms === null) continue
    toFirstByteMs += first_byte_ms
    totalMs += service_ms
  }
  const mean = times.length === 0 ? 1 : times.reduce((sum, ms) => sum + ms, 0) / times.length
  const variance = times.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / Math.max(1, times.length - 1)
  return {
    kind: 'drawn',
    ms: { kind: 'log_normal_mean', mean, cv: Math.sqrt(variance) / mean },
    ...(totalMs === 0 ? {} : { firstTokenShare: Math.min(1, toFirstByteMs / totalMs) }),
  }
}

/** The most that were under way there at one moment, from the end of their wait to their own end. */
function mostAtOnce(served: readonly Recorded[]): number {
  const moments = served.flatMap(({ at_ms, queue_ms, total_ms }) => [
    { atMs: at_ms + queue_ms, change: 1 },
    { atMs: at_ms + total_ms, change: -1 },
  ])
  moments.sort((a, b) => a.atMs - b.atMs || a.change - b.change)
  let now = 0
  let most = 0
  for (const { change } of moments) most = Math.max(most, (now += change))
  return most
}
