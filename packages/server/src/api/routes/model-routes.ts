import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import {
  changedModel,
  changedOverride,
  MODEL,
  MODEL_CHANGES,
  MODEL_OPERATION,
  modelEntryFrom,
  modelView,
  NEW_MODEL,
} from '../schemas/model-schema.js'
import { PAGE_FIELDS, pageFields, pageOf, PAGING } from '../schemas/paging.js'
import { refusals } from '../schemas/refusals.js'

const PATH = `${PREFIX}/models`
const ONE = z.object({ id: z.string().describe('The model’s id, percent-encoded.') })
const CHANGED = z.object({ success: z.literal(true), model: MODEL, message: z.string() })

const LIST = {
  tags: ['models'],
  summary: 'List models',
  querystring: closedObject(PAGING),
  response: {
    200: z.object({ success: z.literal(true), models: z.array(MODEL), ...PAGE_FIELDS }),
    ...refusals(400),
  },
}

const READ = {
  tags: ['models'],
  summary: 'Read one model',
  params: ONE,
  response: { 200: z.object({ success: z.literal(true), model: MODEL }), ...refusals(404) },
}

const CREATE = {
  tags: ['models'],
  summary: 'Add a model',
  description:
    'It takes live traffic at once. An api_key_env that server.api_key_envs does not list is a 400.',
  body: NEW_MODEL,
  response: { 201: CHANGED, ...refusals(400, 409, 413, 415) },
}

const UPDATE = {
  tags: ['models'],
  summary: 'Change a model',
  description:
    'A lower max_concurrent starts nothing until enough requests have ended. Models of loadstar.yaml are changed there (409).',
  params: ONE,
  body: MODEL_CHANGES,
  response: { 200: CHANGED, ...refusals(400, 404, 409, 413, 415) },
}

const OPERATE = {
  tags: ['models'],
  summary: 'Take a model out of service and back, or change its limits for the time being',
  description:
    'Laid over the definition at once and until it is given back, also of models of loadstar.yaml and over a restart; the log names them at start. A model that is not enabled drains: nothing new comes to it, and requests that it serves go on to their end.',
  params: ONE,
  body: MODEL_OPERATION,
  response: { 200: CHANGED, ...refusals(400, 404, 413, 415) },
}

const DELETE = {
  tags: ['models'],
  summary: 'Delete a model and its assignments',
  description: 'Requests that it serves go on to their end.',
  params: ONE,
  response: {
    200: z.object({ success: z.literal(true), message: z.string() }),
    ...refusals(404, 409),
  },
}

/** Create, read, update and delete models of the registry; the live router follows at once. */
export function modelRoutes(app: ZodApp, { registry, apiKeyEnvs }: ApiDeps): void {
  app.get(PATH, { schema: LIST }, ({ query }) => {
    const models = registry.models()
    return {
      success: true as const,
      models: pageOf(models, query).map(modelView),
      ...pageFields(models.length, query),
    }
  })

  app.get(`${PATH}/:id`, { schema: READ }, ({ params }) => {
    const model = registry.model(params.id)
    if (model === undefined)
      throw new ApiError(404, 'unknown_model', `there is no model "${params.id}"`, 'id')
    return { success: true as const, model: modelView(model) }
  })

  app.post(PATH, { schema: CREATE }, async ({ body }, reply) => {
    refuseUnlistedKey(body.api_key_env, apiKeyEnvs)
    const model = await registry.createModel(modelEntryFrom(body))
    reply.code(201).header('location', `${PATH}/${encodeURIComponent(model.id)}`)
    return { success: true as const, model: modelView(model), message: `model "${model.id}" added` }
  })

  app.put(`${PATH}/:id`, { schema: UPDATE }, async ({ params, body }) => {
    refuseUnlistedKey(body.api_key_env, apiKeyEnvs)
    const model = await registry.updateModel(params.id, (current) => changedModel(current, body))
    return { success: true as const, model: modelView(model), message: `model "${model.id}" changed` }
  })

  app.patch(`${PATH}/:id`, { schema: OPERATE }, async ({ params, body }) => {
    const model = await registry.operateModel(params.id, (current) => changedOverride(current, body))
    return { success: true as const, model: modelView(model), message: `model "${model.id}" changed` }
  })

  app.delete(`${PATH}/:id`, { schema: DELETE }, async ({ params }) => {
    await registry.deleteModel(params.id)
    return { success: true as const, message: `model "${params.id}" and its assignments deleted` }
  })
}

/** Or a caller could name any variable of this process, and have its value sent to a server of their own. */
function refuseUnlistedKey(name: string | null | undefined, listed: readonly string[]): void {
  if (name === undefined || name === null || listed.includes(name)) return
  const known = listed.length === 0 ? 'which lists none' : listed.join(', ')
  const message = `api_key_env must be one of server.api_key_envs (${known}), got "${name}"`
  throw new ApiError(400, 'invalid_value', message, 'api_key_env')
}
