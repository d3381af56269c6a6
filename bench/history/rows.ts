import { seededRandom } from '@loadstar/core'
import type { DecisionRow } from '../../packages/server/src/history/decision-row.js'

const OUTCOMES = [
  'completed',
  'completed',
  'completed',
  'completed',
  'client_gone',
  'upstream_error',
] as const
const TASKS = ['coding', 'math', 'general', null] as const
/** One in so many ends as hardly any does. */
const RARE = 5_000
const AGENTS = 50
const MODELS = 10
const GAP_MS = 200
const HALF_A_MINUTE_MS = 30_000

/** When the first of them arrived. */
export const FIRST_MS = 1_763_900_000_000

/** Requests of a day or two of a team: 50 agents, 10 models, a wait for every fourth, the same for the same seed. */
export function rowMaker(seed: number): (index: number) => DecisionRow {
  const random = seededRandom(seed, 0)
  const below = (count: number) => Math.floor(random() * count)
  return (index) => {
    const model = below(MODELS)
    const queueMs = random() < 0.25 ? Math.round(-Math.log(1 - random()) * 400) : 0
    const serviceMs = 200 + below(4_000)
    const isRare = below(RARE) === 0
    return {
      decision_id: `0a1b2c3d-${index.toString(36)}`,
      request_id: `${below(2 ** 31).toString(16)}-${index.toString(16)}-${below(2 ** 31).toString(16)}`,
      // Stored when they ended, so not quite in the order they arrived in.
      at_ms: FIRST_MS + index * GAP_MS + below(HALF_A_MINUTE_MS),
      api: 'chat',
      asked_model: 'auto',
      key_id: null,
      agent_id: isRare ? 'seldom' : `agent-${below(AGENTS)}`,
      task: TASKS[below(TASKS.length)] ?? null,
      must_have: null,
      priority: 'default',
      is_stream: 1,
      model_id: `model-${model}`,
      score: 80,
      outcome: isRare ? 'upstream_timeout' : (OUTCOMES[below(OUTCOMES.length)] ?? 'completed'),
      status: 200,
      total_ms: queueMs + serviceMs + 0.5,
      queue_ms: queueMs,
      overhead_ms: 0.5,
      service_ms: serviceMs,
      first_byte_ms: 150,
      input_tokens: below(4_000),
      output_tokens: below(800),
      cost_usd: 0.0004,
      attempts: 1,
      considered: JSON.stringify({
        policy: 'bid',
        explored: false,
        margin: 2.5,
        models: [0, 1, 2, 3].map((other) => [`model-${(model + other) % MODELS}`, 80, 0.5, 71.25, null]),
        omitted: 0,
      }),
      tries: null,
    }
  }
}
