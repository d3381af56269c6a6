import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { DEFAULT_STALE_AFTER_MS, type PriorLoad } from '@loadstar/core'
import type { z } from 'zod'
import { agentFrom, modelFrom } from '../../config/expansion.js'
import { inlineTask, registryTask } from '../assignment-task.js'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import type { Field } from '../registry-field.js'
import { AUTO_ASSIGN, AUTO_ASSIGNED } from '../schemas/auto-assign-schema.js'
import { inlineExperience } from '../inline-experience.js'
import type { InlineModel } from '../schemas/model-schema.js'
import { refusals } from '../schemas/refusals.js'
import { answerOf } from '../solver/task.js'
import { storeRun } from '../stored-run.js'

type Body = z.output<typeof AUTO_ASSIGN>

const MS_PER_SECOND = 1_000

/** Pairs agents with models: those of the request, or all of the registry. */
export function autoAssignRoute(app: ZodApp, deps: ApiDeps): void {
  app.post(
    `${PREFIX}/auto-assign-all`,
    {
      schema: {
        tags: ['assignments'],
        summary: 'Assign every agent to a model',
        description:
          'With agents and models in the body: they are paired and nothing is stored. Without both: the agents and models of the registry are paired at their live loads, manual assignments stay, and the result replaces the last automatic one.',
        body: AUTO_ASSIGN,
        response: { 200: AUTO_ASSIGNED, ...refusals(400, 413, 415, 503) },
      },
    },
    async ({ body, headers }, reply) => {
      const inline = inlineField(body, deps)
      const isOfRegistry = inline === undefined
      const task = isOfRegistry ? registryTask(deps, body) : inlineTask(inline, body, deps)
      const { solved, madeMs, origin } = await deps.runs.solve(task, {
        isCoarse: isOfRegistry,
        isFresh: wantsFresh(headers['cache-control']),
        signal: untilGone(reply.raw),
      })
      const { result } = solved
      if (result !== null && !body.dry_run) await storeRun(result, deps)
      const isCached = origin !== 'miss'
      const facts = { dryRun: body.dry_run, isCached, timestamp: new Date(madeMs).toISOString() }
      if (deps.runs.isOn) reply.header('x-loadstar-cache', origin.toUpperCase())
      if (isCached) reply.header('age', Math.max(0, Math.round((deps.clock() - madeMs) / MS_PER_SECOND)))
      // Piece by piece, as fast as the client reads. A stream is no value of the schema, so its type is left open.
      const answer: unknown = Readable.from(answerOf(solved, facts), { objectMode: false })
      return reply.type('application/json; charset=utf-8').send(answer as never)
    },
  )
}

function wantsFresh(cacheControl: string | undefined): boolean {
  return cacheControl !== undefined && /\bno-(cache|store)\b/i.test(cacheControl)
}

/** Aborts when the client leaves before its answer is written. */
function untilGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  return gone.signal
}

function inlineField({ agents, models }: Body, { clock, scoring }: ApiDeps): Field | undefined {
  if (agents === undefined && models === undefined) return undefined
  if (agents === undefined || models === undefined) {
    const missing = agents === undefined ? 'agents' : 'models'
    const message = `${missing} is required beside the other list: give both agents and models, or neither to use the registry`
    throw new ApiError(400, 'invalid_value', message, missing)
  }
  const nowMs = clock()
  return {
    agents: agents.map(agentFrom),
    models: models.map(modelFrom),
    loads: new Map(models.map(({ id, load }) => [id, priorLoad(load, nowMs)])),
    experience: inlineExperience(models, scoring),
  }
}

function priorLoad(load: InlineModel['load'], nowMs: number): PriorLoad {
  if (load === undefined) return { activeRequests: 0, isKnown: true }
  const { active_requests: activeRequests, last_updated: lastUpdated } = load
  const ageMs = lastUpdated === undefined ? 0 : nowMs - Date.parse(lastUpdated)
  return { activeRequests, isKnown: ageMs <= DEFAULT_STALE_AFTER_MS }
}
