import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import { ASSIGNMENT_STATUSES } from '../../registry/entry.js'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import {
  ASSIGNMENT,
  ASSIGNMENT_CHANGES,
  assignmentView,
  NEW_ASSIGNMENT,
} from '../schemas/assignment-schema.js'
import { PAGE_FIELDS, pageFields, PAGING } from '../schemas/paging.js'
import { refusals } from '../schemas/refusals.js'

const PATH = `${PREFIX}/assignments`
const ONE = z.object({ id: z.string() })
const CHANGED = z.object({ success: z.literal(true), assignment: ASSIGNMENT, message: z.string() })

const LIST = {
  tags: ['assignments'],
  summary: 'List assignments',
  querystring: closedObject({
    status: z.enum(ASSIGNMENT_STATUSES).optional().describe('Only those with this status.'),
    agent_id: z.string().min(1).optional().describe('Only those of this agent.'),
    model_id: z.string().min(1).optional().describe('Only those to this model.'),
    ...PAGING,
  }),
  response: {
    200: z.object({ success: z.literal(true), assignments: z.array(ASSIGNMENT), ...PAGE_FIELDS }),
    ...refusals(400),
  },
}

const CREATE = {
  tags: ['assignments'],
  summary: 'Assign an agent by hand',
  description:
    'An automatic assignment of the agent becomes inactive; a second manual one is refused (409). Manual assignments survive automatic runs.',
  body: NEW_ASSIGNMENT,
  response: { 201: CHANGED, ...refusals(400, 404, 409, 413, 415) },
}

const UPDATE = {
  tags: ['assignments'],
  summary: 'Override an assignment',
  description: 'With another model it is scored anew, becomes manual, and survives automatic runs.',
  params: ONE,
  body: ASSIGNMENT_CHANGES,
  response: { 200: CHANGED, ...refusals(400, 404, 409, 413, 415) },
}

const UNDO = {
  tags: ['assignments'],
  summary: 'Take back the last automatic run',
  description:
    'The automatic assignments before it stand again; once more takes back the run before that, up to ten of this start. Manual assignments stay.',
  response: {
    200: z.object({
      success: z.literal(true),
      restored: z.int().describe('Assignments that stand again.'),
      left_out: z
        .int()
        .describe('Those that do not: their agent or model is gone, or the agent was assigned by hand.'),
      message: z.string(),
    }),
    ...refusals(409),
  },
}

const DELETE = {
  tags: ['assignments'],
  summary: 'Delete an assignment',
  params: ONE,
  response: { 200: z.object({ success: z.literal(true), message: z.string() }), ...refusals(404) },
}

/** List, make, override and delete stored assignments. */
export function assignmentRoutes(app: ZodApp, { registry }: ApiDeps): void {
  app.get(PATH, { schema: LIST }, async ({ query }) => {
    const { rows, total } = await registry.listAssignments({
      ...(query.status === undefined ? {} : { status: query.status }),
      ...(query.agent_id === undefined ? {} : { agentId: query.agent_id }),
      ...(query.model_id === undefined ? {} : { modelId: query.model_id }),
      page: query.page,
      pageSize: query.page_size,
    })
    return { success: true as const, assignments: rows.map(assignmentView), ...pageFields(total, query) }
  })

  app.post(PATH, { schema: CREATE }, async ({ body }, reply) => {
    const assignment = await registry.createAssignment(body.agent_id, body.model_id, body.notes ?? null)
    reply.code(201)
    return {
      success: true as const,
      assignment: assignmentView(assignment),
      message: `agent "${assignment.agentId}" assigned to "${assignment.modelId}" by hand`,
    }
  })

  app.put(`${PATH}/:id`, { schema: UPDATE }, async ({ params, body }) => {
    const { model_id: modelId, status, notes, pinned: isPinned } = body
    const override = { modelId, status, notes, isPinned }
    const assignment = await registry.overrideAssignment(params.id, override)
    return {
      success: true as const,
      assignment: assignmentView(assignment),
      message: `assignment of agent "${assignment.agentId}" changed`,
    }
  })

  app.post(`${PATH}/undo`, { schema: UNDO }, async () => {
    const { restored, leftOut } = await registry.undoAutomatic()
    const message = `the last automatic run is taken back: ${restored} assignments stand again`
    return { success: true as const, restored, left_out: leftOut, message }
  })

  app.delete(`${PATH}/:id`, { schema: DELETE }, async ({ params }) => {
    await registry.deleteAssignment(params.id)
    return { success: true as const, message: `assignment ${params.id} deleted` }
  })
}
