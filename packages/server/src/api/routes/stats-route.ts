import { LEASE_OUTCOMES, UNLEASED_OUTCOMES, type Outcome } from '@loadstar/core'
import { z } from 'zod'
import { REQUEST_OUTCOMES, type RequestOutcome } from '../../gateway/record.js'
import type { Totals } from '../metrics-view.js'
import type { RunCacheCounts } from '../solver/run-cache.js'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'

const OUTCOMES: readonly Outcome[] = [...LEASE_OUTCOMES, ...UNLEASED_OUTCOMES]
const COUNT = z.int().min(0)

const STATS = z.object({
  success: z.literal(true),
  total_agents: COUNT,
  online_agents: COUNT,
  total_models: COUNT,
  overloaded_models: COUNT.describe('Models without a free slot.'),
  total_assignments: COUNT.describe('Active assignments.'),
  manual_assignments: COUNT,
  avg_match_score: z.number().describe('Mean match score of the active assignments, 0..100; 0 when none.'),
  requests_total: COUNT.describe(
    'Live requests submitted to the router since the start; a further attempt after a failure counts again.',
  ),
  requests: z
    .object(Object.fromEntries(OUTCOMES.map((outcome) => [outcome, COUNT])) as Record<Outcome, typeof COUNT>)
    .describe('Ended requests by outcome; with in_flight and waiting they add up to requests_total.'),
  answers: z
    .object(
      Object.fromEntries(REQUEST_OUTCOMES.map((outcome) => [outcome, COUNT])) as Record<
        RequestOutcome,
        typeof COUNT
      >,
    )
    .describe(
      'Ended requests of clients, each counted once however many models were asked; refused_at_door, left_at_door, over_budget and cached never came to the router. What a worker process ran when it was killed is missing here; in requests it is instance_lost.',
    ),
  usage: z
    .object({
      input_tokens: COUNT,
      output_tokens: COUNT.describe('As the models counted them, else estimated.'),
      cost_usd: z.number().min(0).describe('At the prices of those models that have one.'),
    })
    .describe('Tokens since the start.'),
  hedges: z
    .object({
      made: COUNT.describe('Second attempts made because a first token did not come.'),
      won: COUNT.describe('Of those, heard before the first attempt.'),
      refused: COUNT.describe(
        'Not made because no other candidate had a slot free at once; each counts in requests_total as well.',
      ),
    })
    .describe('Second attempts of streams; see routing.hedging.'),
  assignment_cache: z
    .object({
      hits: COUNT.describe('Runs whose result was kept.'),
      shared: COUNT.describe('Runs that were under way for somebody else.'),
      misses: COUNT.describe('Runs that were made.'),
      entries: COUNT.describe('Results that are kept.'),
      bytes: COUNT.describe('What they take, roughly.'),
    })
    .describe('Assignment runs that were asked for since the start; see assignment.cache.'),
  in_flight: COUNT,
  waiting: COUNT,
  is_draining: z.boolean(),
  version: z.string(),
  timestamp: z.iso.datetime(),
})

/** The instance in numbers. */
export function statsRoute(app: ZodApp, { registry, live, metrics, runs, version, clock }: ApiDeps): void {
  app.get(
    `${PREFIX}/stats`,
    { schema: { tags: ['stats'], summary: 'The instance in numbers', response: { 200: STATS } } },
    () => {
      const agents = registry.agents()
      const assignments = registry.activeAssignments()
      const counters = live.counters()
      const totals = metrics.total()
      const matchScores = assignments.reduce((sum, { matchScore }) => sum + matchScore, 0)
      return {
        success: true as const,
        total_agents: agents.length,
        online_agents: agents.filter(({ status }) => status === 'online').length,
        total_models: registry.models().length,
        overloaded_models: live.loads().filter(({ isOverloaded }) => isOverloaded).length,
        total_assignments: assignments.length,
        manual_assignments: assignments.filter(({ method }) => method === 'manual').length,
        avg_match_score: assignments.length === 0 ? 0 : matchScores / assignments.length,
        requests_total: counters.submitted,
        requests: { ...counters.outcomes },
        answers: { ...totals.outcomes },
        usage: usageView(totals),
        hedges: { ...live.hedges() },
        assignment_cache: runCacheView(runs.counts()),
        in_flight: counters.inFlight,
        waiting: counters.waiting,
        is_draining: live.isDraining(),
        version,
        timestamp: new Date(clock()).toISOString(),
      }
    },
  )
}

function usageView({ inputTokens, outputTokens, costUsd }: Totals) {
  return { input_tokens: inputTokens, output_tokens: outputTokens, cost_usd: costUsd }
}

function runCacheView({ hit, shared, miss, entries, bytes }: RunCacheCounts) {
  return { hits: hit, shared, misses: miss, entries, bytes }
}
