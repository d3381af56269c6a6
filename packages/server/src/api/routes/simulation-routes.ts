import { z } from 'zod'
import type { HistoryReader } from '../../history/history.js'
import type { Cursor } from '../../history/store.js'
import { routedModel } from '../../history/trace.js'
import type { ApiDeps, ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import { refusals } from '../schemas/refusals.js'
import { changesFrom, NEW_SIMULATION, SIMULATION, simulationView } from '../schemas/simulation-schema.js'
import { LOADED_SCENARIOS, SCENARIO_NAMES, SCENARIOS, type Source } from '../simulations/what-if.js'

const PATH = '/api/v1/simulations'
const ONE = z.object({ id: z.string().max(100) })
const ANSWER = z.object({ success: z.literal(true), simulation: SIMULATION })

/** Recorded requests that one simulation takes. */
const MOST_REQUESTS = 100_000
const ROWS_PER_PIECE = 500

const START = {
  tags: ['simulations'],
  summary: 'Ask what other models, limits or policies would have made of the same requests',
  description:
    'Recorded requests (`from`, `to`) come again when they came, or those of a `scenario` come; both sides hear the same. How long models take is drawn from what was measured. It runs apart from live traffic, one at a time, and is read by its id; progress comes as live event `simulation` as well.',
  body: NEW_SIMULATION,
  response: { 202: ANSWER, ...refusals(400, 404, 413, 415, 503) },
}

const LIST = {
  tags: ['simulations'],
  summary: 'Simulations of late, the latest first',
  response: { 200: z.object({ success: z.literal(true), simulations: z.array(SIMULATION) }) },
}

const SCENARIO_LIST = {
  tags: ['simulations'],
  summary: 'The worlds that come with the program',
  response: {
    200: z.object({
      success: z.literal(true),
      scenarios: z.array(
        z.object({
          name: z.enum(SCENARIO_NAMES),
          title: z.string(),
          takes_load: z.boolean().describe('Whether `load` may be given.'),
          models: z.array(
            z.object({
              id: z.string(),
              max_concurrent: z.int(),
              max_queue: z.int(),
              target_utilization: z.number(),
            }),
          ),
        }),
      ),
    }),
  },
}

const READ = {
  tags: ['simulations'],
  summary: 'How far a simulation is, and what came of it',
  params: ONE,
  response: { 200: ANSWER, ...refusals(404) },
}

const CANCEL = {
  tags: ['simulations'],
  summary: 'End a simulation, or forget one that has ended',
  params: ONE,
  response: { 200: ANSWER, ...refusals(404) },
}

/** What-if on recorded traffic and on worlds that come with the program. */
export function simulationRoutes(app: ZodApp, deps: ApiDeps): void {
  const { simulator } = deps
  app.post(PATH, { schema: START }, ({ body }, reply) => {
    const { source, window } = askedFor(body, deps)
    const rows = window && (() => rowsOf(window.history, window))
    const whatIf = { source, router: deps.router, changes: changesFrom(body.changes), seed: body.seed }
    const simulation = simulator.start(whatIf, rows)
    reply.code(202).header('location', `${PATH}/${simulation.id}`)
    return { success: true as const, simulation: simulationView(simulation) }
  })

  app.get(PATH, { schema: LIST }, () => {
    // Results are read one by one: a list of them all would be long.
    const simulations = simulator.list().map((one) => simulationView({ ...one, result: null }))
    return { success: true as const, simulations }
  })

  app.get(`${PATH}/scenarios`, { schema: SCENARIO_LIST }, () => ({
    success: true as const,
    scenarios: SCENARIO_NAMES.map((name) => {
      const { name: title, models } = SCENARIOS[name](undefined)
      return {
        name,
        title,
        takes_load: LOADED_SCENARIOS.has(name),
        models: models.map(({ id, maxConcurrent, maxQueue, targetUtilization }) => ({
          id,
          max_concurrent: maxConcurrent,
          max_queue: maxQueue,
          target_utilization: targetUtilization,
        })),
      }
    }),
  }))

  app.get(`${PATH}/:id`, { schema: READ }, ({ params: { id } }) => {
    const simulation = simulator.find(id)
    if (simulation === undefined) throw unknown(id)
    return { success: true as const, simulation: simulationView(simulation) }
  })

  app.delete(`${PATH}/:id`, { schema: CANCEL }, ({ params: { id } }) => {
    const simulation = simulator.cancel(id)
    if (simulation === undefined) throw unknown(id)
    return { success: true as const, simulation: simulationView(simulation) }
  })
}

interface Window {
  readonly history: HistoryReader
  readonly fromMs: number
  readonly toMs: number
}

/** @throws {ApiError} 400 unless it is either a window or a scenario; 404 where nothing is recorded. */
function askedFor(
  { from, to, scenario, load }: z.output<typeof NEW_SIMULATION>,
  { history, registry }: ApiDeps,
): { readonly source: Source; readonly window?: Window } {
  if (scenario !== undefined) {
    if (from !== undefined || to !== undefined) {
      throw wrong('scenario', 'scenario must be left out where from and to are given')
    }
    if (load !== undefined && !LOADED_SCENARIOS.has(scenario)) {
      const known = [...LOADED_SCENARIOS].join(', ')
      throw wrong('load', `load must be left out but with one of ${known}, got ${load}`)
    }
    return { source: { kind: 'scenario', name: scenario, load } }
  }
  if (from === undefined || to === undefined) {
    const missing = from === undefined ? 'from' : 'to'
    throw wrong(missing, `${missing} is required: give both from and to, or a scenario`)
  }
  if (load !== undefined) throw wrong('load', 'load must be left out where from and to are given')
  const fromMs = Date.parse(from)
  const toMs = Date.parse(to)
  if (fromMs >= toMs) throw wrong('from', `from must be before to, got "${from}"`)
  if (history === undefined) {
    throw new ApiError(404, 'history_disabled', 'requests are not recorded: history.enabled is false')
  }
  const models = registry.models().map(routedModel)
  return { source: { kind: 'recorded', models }, window: { history, fromMs, toMs } }
}

/** @throws {ApiError} where the window holds too many. */
async function* rowsOf(history: HistoryReader, { fromMs, toMs }: Window): AsyncGenerator<string> {
  const query = { fromMs, toMs, order: 'oldest_first', limit: ROWS_PER_PIECE } as const
  let after: Cursor | undefined
  for (let rows = 0; rows < MOST_REQUESTS; rows += ROWS_PER_PIECE) {
    const { text, next } = await history.piece(after === undefined ? query : { ...query, after }, 'jsonl')
    yield text
    if (next === null) return
    after = next
  }
  const message = `the window must hold at most ${MOST_REQUESTS} requests: choose a shorter one`
  throw new ApiError(400, 'window_too_large', message, 'to')
}

function unknown(id: string): ApiError {
  return new ApiError(404, 'unknown_simulation', `there is no simulation "${id}"`, 'id')
}

function wrong(param: string, message: string): ApiError {
  return new ApiError(400, 'invalid_value', message, param)
}
