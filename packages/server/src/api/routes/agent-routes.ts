import { AGENT_STATUSES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import { agentFrom } from '../../config/expansion.js'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import { AGENT, AGENT_CHANGES, agentView, changedAgent, NEW_AGENT } from '../schemas/agent-schema.js'
import { PAGE_FIELDS, pageFields, pageOf, PAGING } from '../schemas/paging.js'
import { refusals } from '../schemas/refusals.js'

const PATH = `${PREFIX}/agents`
const ONE = z.object({ id: z.string().describe('The agent’s id, percent-encoded.') })
const CHANGED = z.object({ success: z.literal(true), agent: AGENT, message: z.string() })

const LIST = {
  tags: ['agents'],
  summary: 'List agents',
  querystring: closedObject({
    status: z.enum(AGENT_STATUSES).optional().describe('Only agents with this status.'),
    ...PAGING,
  }),
  response: {
    200: z.object({ success: z.literal(true), agents: z.array(AGENT), ...PAGE_FIELDS }),
    ...refusals(400),
  },
}

const READ = {
  tags: ['agents'],
  summary: 'Read one agent',
  params: ONE,
  response: { 200: z.object({ success: z.literal(true), agent: AGENT }), ...refusals(404) },
}

const CREATE = {
  tags: ['agents'],
  summary: 'Add an agent',
  body: NEW_AGENT,
  response: { 201: CHANGED, ...refusals(400, 409, 413, 415) },
}

const UPDATE = {
  tags: ['agents'],
  summary: 'Change an agent',
  description: 'Agents of loadstar.yaml are changed there (409).',
  params: ONE,
  body: AGENT_CHANGES,
  response: { 200: CHANGED, ...refusals(400, 404, 409, 413, 415) },
}

const DELETE = {
  tags: ['agents'],
  summary: 'Delete an agent and its assignments',
  params: ONE,
  response: {
    200: z.object({ success: z.literal(true), message: z.string() }),
    ...refusals(404, 409),
  },
}

/** Create, read, update and delete agents of the registry. */
export function agentRoutes(app: ZodApp, { registry }: ApiDeps): void {
  app.get(PATH, { schema: LIST }, ({ query }) => {
    const all = registry.agents()
    const agents = query.status === undefined ? all : all.filter(({ status }) => status === query.status)
    return {
      success: true as const,
      agents: pageOf(agents, query).map(agentView),
      ...pageFields(agents.length, query),
    }
  })

  app.get(`${PATH}/:id`, { schema: READ }, ({ params }) => {
    const agent = registry.agent(params.id)
    if (agent === undefined)
      throw new ApiError(404, 'unknown_agent', `there is no agent "${params.id}"`, 'id')
    return { success: true as const, agent: agentView(agent) }
  })

  app.post(PATH, { schema: CREATE }, async ({ body }, reply) => {
    const agent = await registry.createAgent({ ...agentFrom(body), source: 'api' })
    reply.code(201).header('location', `${PATH}/${encodeURIComponent(agent.id)}`)
    return { success: true as const, agent: agentView(agent), message: `agent "${agent.id}" added` }
  })

  app.put(`${PATH}/:id`, { schema: UPDATE }, async ({ params, body }) => {
    const agent = await registry.updateAgent(params.id, (current) => changedAgent(current, body))
    return { success: true as const, agent: agentView(agent), message: `agent "${agent.id}" changed` }
  })

  app.delete(`${PATH}/:id`, { schema: DELETE }, async ({ params }) => {
    await registry.deleteAgent(params.id)
    return { success: true as const, message: `agent "${params.id}" and its assignments deleted` }
  })
}
