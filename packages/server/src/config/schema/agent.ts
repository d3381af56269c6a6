import { AGENT_STATUSES, AGENT_TYPES, TASK_TYPES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { capabilityName, identifier } from '../identifier.js'
import { name } from './quantities.js'

export const AGENT = closedObject({
  id: identifier.describe('What requests carry in `x-agent-id`, or as `agent/<id>` in `model`; unique.'),
  name: name.optional().describe('Name for people. The id when left out.'),
  type: z.enum(AGENT_TYPES).default('inference').describe('What kind of agent it is; informative.'),
  status: z.enum(AGENT_STATUSES).default('online').describe('Only agents that are online are assigned.'),
  endpoint: z.string().min(1).max(2048).optional().describe('Where the agent can be reached; never called.'),
  task_type: z
    .enum(TASK_TYPES)
    .optional()
    .describe('A kind of work that stands for capabilities; those listed beside it are added.'),
  capabilities: z.array(capabilityName).default([]).describe('Capabilities the agent needs of its model.'),
  preferred_capabilities: z
    .array(capabilityName)
    .default([])
    .describe('Capabilities that make a model better for the agent without being needed.'),
  min_context_length: z
    .int()
    .min(1)
    .optional()
    .describe('Tokens its model should be able to read. Any will do when left out.'),
})
