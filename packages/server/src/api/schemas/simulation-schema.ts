import { POLICIES, type LatencySummary } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import type { Side } from '../simulations/side.js'
import { SIMULATION_STATUSES, type Simulation } from '../simulations/simulator.js'
import { SCENARIO_NAMES, type Changes } from '../simulations/what-if.js'

const INSTANT = z.iso.datetime({ offset: true })
const COUNT = z.int().min(0)
const SHARE = z.number().min(0).max(1)

const MODEL_CHANGE = closedObject({
  id: z.string().min(1).max(256).describe('Of the model that changes, or of the new one.'),
  like: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('Adds a model that serves as this one does, for the same requests at the same scores.'),
  remove: z.boolean().optional().describe('Takes the model away.'),
  max_concurrent: COUNT.max(1_000_000).optional(),
  max_queue: COUNT.max(1_000_000).optional(),
  target_utilization: z.number().gt(0).max(1).optional(),
})

export const NEW_SIMULATION = closedObject({
  from: INSTANT.optional().describe('Requests recorded from then on …'),
  to: INSTANT.optional().describe('… and before that come again when they came.'),
  scenario: z
    .enum(SCENARIO_NAMES)
    .optional()
    .describe('A world that comes with the program, instead of recorded requests.'),
  load: z
    .number()
    .gt(0)
    .max(3)
    .optional()
    .describe('Of equal_replicas, unequal_models and knee: share of what their models can serve.'),
  changes: closedObject({
    policy: z.enum(POLICIES).optional().describe('How models are chosen.'),
    models: z.array(MODEL_CHANGE).max(1_000).default([]).describe('Made one after the other.'),
  })
    .prefault({})
    .describe('What is different afterwards.'),
  seed: z.int().default(0).describe('Of everything drawn at random; the same for both sides.'),
}).meta({
  examples: [
    {
      from: '2026-01-31T12:00:00Z',
      to: '2026-01-31T13:00:00Z',
      changes: { models: [{ id: 'atlas-70b', max_concurrent: 24 }] },
    },
    { scenario: 'unequal_models', load: 0.9, changes: { policy: 'least_utilization' } },
  ],
})

const MS = z.number().min(0).nullable()
const DURATIONS = z
  .object({ count: COUNT, mean_ms: MS, p50_ms: MS, p95_ms: MS, p99_ms: MS, max_ms: MS })
  .meta({ id: 'SimulatedDurations', description: 'Milliseconds of virtual time; null when there were none.' })

const SIDE = z
  .object({
    policy: z.enum(POLICIES),
    requests: COUNT.describe('That came, after the warm-up of a scenario.'),
    completed: COUNT,
    success_rate: SHARE.nullable(),
    wait: DURATIONS.describe('From arrival to a slot, of those that were given one.'),
    first_token: DURATIONS.describe('From arrival, of those that completed.'),
    latency: DURATIONS.describe('From arrival to the whole answer, of those that completed.'),
    quality: z.number().nullable().describe('Mean score of the pairs that completed, 0..100.'),
    cost_usd: z.number().min(0),
    models: z.array(
      z.object({
        id: z.string(),
        max_concurrent: COUNT,
        target_utilization: z.number(),
        utilization: SHARE.describe('Mean share of its slots in use.'),
        over_target_share: SHARE.describe('Share of the time above its target.'),
        greatest_concurrency: COUNT,
        requests: COUNT.describe('That it was given.'),
        completed: COUNT,
        success_rate: SHARE.nullable(),
        wait: DURATIONS,
        latency: DURATIONS,
        cost_usd: z.number().min(0),
      }),
    ),
  })
  .meta({ id: 'SimulatedSide' })

export const SIMULATION_STATE = {
  id: z.string(),
  status: z.enum(SIMULATION_STATUSES),
  progress: SHARE,
}

export const SIMULATION = z
  .object({
    ...SIMULATION_STATE,
    created_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
    error: z
      .object({ code: z.string(), param: z.string().nullable(), message: z.string() })
      .nullable()
      .describe('Why it failed.'),
    result: z
      .object({
        left_out: COUNT.describe('Recorded requests that cannot be simulated.'),
        before: SIDE,
        after: SIDE,
      })
      .nullable()
      .describe('Both sides, once it is done.'),
  })
  .meta({ id: 'Simulation' })

type Given = z.output<typeof NEW_SIMULATION>

export function changesFrom({ policy, models }: Given['changes']): Changes {
  return {
    policy,
    models: models.map(({ id, like, remove, max_concurrent, max_queue, target_utilization }) => ({
      id,
      like,
      isRemoved: remove,
      maxConcurrent: max_concurrent,
      maxQueue: max_queue,
      targetUtilization: target_utilization,
    })),
  }
}

export function simulationStateView({ id, status, progress }: Simulation) {
  return { id, status, progress: Math.round(progress * 1_000) / 1_000 }
}

export function simulationView(simulation: Simulation): z.input<typeof SIMULATION> {
  const { createdMs, endedMs, error, result } = simulation
  return {
    ...simulationStateView(simulation),
    created_at: new Date(createdMs).toISOString(),
    ended_at: endedMs === null ? null : new Date(endedMs).toISOString(),
    error,
    result:
      result === null
        ? null
        : { left_out: result.leftOut, before: sideView(result.before), after: sideView(result.after) },
  }
}

function sideView({ policy, overall, models }: Side): z.input<typeof SIDE> {
  const { arrived, outcomes, waitMs, firstTokenMs, latencyMs, quality } = overall
  return {
    policy: policy as z.input<typeof SIDE>['policy'],
    requests: arrived,
    completed: outcomes.completed,
    success_rate: shareOf(outcomes.completed, arrived),
    wait: durationsView(waitMs),
    first_token: durationsView(firstTokenMs),
    latency: durationsView(latencyMs),
    quality,
    cost_usd: models.reduce((sum, { costUsd }) => sum + costUsd, 0),
    models: models.map((model) => ({
      id: model.id,
      max_concurrent: model.maxConcurrent,
      target_utilization: model.targetUtilization,
      utilization: model.utilization,
      over_target_share: model.overTargetShare,
      greatest_concurrency: model.greatestConcurrency,
      requests: model.requests,
      completed: model.completed,
      success_rate: shareOf(model.completed, model.requests),
      wait: durationsView(meanOf(model.wait)),
      latency: durationsView(meanOf(model.latency)),
      cost_usd: model.costUsd,
    })),
  }
}

type Durations = Pick<LatencySummary, 'count' | 'p50' | 'p95' | 'p99' | 'max'> & {
  readonly mean: number | null
}

function meanOf({ avg: mean, ...rest }: LatencySummary): Durations {
  return { ...rest, mean }
}

function durationsView({ count, mean, p50, p95, p99, max }: Durations): z.input<typeof DURATIONS> {
  return { count, mean_ms: mean, p50_ms: p50, p95_ms: p95, p99_ms: p99, max_ms: max }
}

function shareOf(part: number, all: number): number | null {
  return all === 0 ? null : part / all
}
