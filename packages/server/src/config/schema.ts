/**
 * Every option of loadstar.yaml. The descriptions are what the reference page and editors show, so each says what
 * the option does, its unit, and why its default is what it is; ranges and defaults are read off the schema.
 */
import { z } from 'zod'
import { closedObject } from './closed-object.js'
import { AGENT } from './schema/agent.js'
import { ALERTS } from './schema/alerts.js'
import { ASSIGNMENT } from './schema/assignment.js'
import { CAPACITY_RULE } from './schema/capacity-rules.js'
import { AUTH } from './schema/auth.js'
import { BUDGETS } from './schema/budgets.js'
import { DASHBOARD } from './schema/dashboard.js'
import { HISTORY } from './schema/history.js'
import { MODEL } from './schema/model.js'
import { RESPONSE_CACHE } from './schema/response-cache.js'
import { ROUTING } from './schema/routing.js'
import { SCORING } from './schema/scoring.js'
import { SERVER } from './schema/server.js'
import { STORAGE } from './schema/storage.js'
import { TELEMETRY } from './schema/telemetry.js'

/** loadstar.yaml as it is written: snake_case, unknown keys refused. */
export const CONFIG_SCHEMA = closedObject({
  $schema: z.string().optional().describe('Address of this schema, for editors; not read.'),
  server: SERVER.prefault({}).describe('How Loadstar itself is reached.'),
  models: z.array(MODEL).default([]).describe('The backends. More can be added through the API.'),
  agents: z.array(AGENT).default([]).describe('The agents. More can be added through the API.'),
  routing: ROUTING.prefault({}).describe('How live requests are sent to models.'),
  assignment: ASSIGNMENT.prefault({}).describe('How agents are paired with models beforehand.'),
  history: HISTORY.prefault({}).describe('What is recorded of requests.'),
  scoring: SCORING.prefault({}).describe('What was measured, and what people think of answers, in scores.'),
  alerts: ALERTS.prefault({}).describe('When to warn that something is wrong, and whom.'),
  capacity_rules: z
    .array(CAPACITY_RULE)
    .default([])
    .describe('What follows when models are nearly full for a while.'),
  auth: AUTH.prefault({}).describe('Who may use it.'),
  budgets: BUDGETS.describe('What keys and agents may spend.'),
  response_cache: RESPONSE_CACHE.prefault({}).describe(
    'Where answers are kept that are given again; which ones says models[].cache_responses.',
  ),
  dashboard: DASHBOARD.prefault({}).describe('The web page.'),
  storage: STORAGE.prefault({}).describe('Where state is kept.'),
  telemetry: TELEMETRY.prefault({}).describe('What is told of requests, and to whom.'),
})

export type ConfigDocument = z.output<typeof CONFIG_SCHEMA>
export type ModelDocument = ConfigDocument['models'][number]
export type BudgetDocument = ConfigDocument['budgets'][number]
export type KeyDocument = ConfigDocument['auth']['keys'][number]
export type AgentDocument = ConfigDocument['agents'][number]
