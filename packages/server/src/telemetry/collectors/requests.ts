import { LEASE_OUTCOMES } from '@loadstar/core'
import { REQUEST_OUTCOMES } from '../../gateway/record.js'
import { amountIn, CALL_AT, REQUEST_AT, type Amount } from '../counter.js'
import type { Family, Labels, Sample } from '../family.js'
import { MEASURE_AT, type Measure } from '../measure.js'
import type { Meters } from '../meters.js'
import type { Subject } from '../subject.js'

const MS_PER_SECOND = 1_000

/** What became of requests, of the calls made for them, and how long it took. */
export function requestFamilies(meters: Meters): readonly Family[] {
  const models = [...meters.models()]
  return [
    {
      name: 'loadstar_requests_total',
      type: 'counter',
      help: 'Ended requests of clients, by the model asked last, or whose kept answer was given ("none" where no model was) and by how they ended.',
      samples: models.flatMap((subject) => byOutcome(subject, 'model', REQUEST_OUTCOMES, REQUEST_AT)),
    },
    {
      name: 'loadstar_attempts_total',
      type: 'counter',
      help: 'Ended calls of models, by how they ended.',
      samples: models.flatMap((subject) => byOutcome(subject, 'model', LEASE_OUTCOMES, CALL_AT)),
    },
    ...DURATIONS.map(({ measure, ...family }): Family => ({
      ...family,
      type: 'histogram',
      samples: models.flatMap((subject) => durations(subject, measure)),
    })),
    {
      name: 'loadstar_retries_total',
      type: 'counter',
      help: 'Calls made after one that failed, for the same request, by the model of the second call.',
      samples: amounts(models, 'model', 'retries'),
    },
    {
      name: 'loadstar_fallbacks_total',
      type: 'counter',
      help: 'Retries at another model than the one that failed, by the model of the second call.',
      samples: amounts(models, 'model', 'fallbacks'),
    },
    {
      name: 'loadstar_response_cache_misses_total',
      help: 'Requests whose answer the response cache did not have, by the model asked instead; hits are loadstar_requests_total with the outcome "cached".',
      type: 'counter',
      samples: amounts(models, 'model', 'cacheMisses'),
    },
    {
      name: 'loadstar_tokens_total',
      type: 'counter',
      help: 'Tokens as models counted them; those of answers are estimated where the model did not.',
      samples: models.flatMap((subject) => tokens(subject, 'model')),
    },
    {
      name: 'loadstar_cost_usd_total',
      type: 'counter',
      help: 'US dollars, of models that have a price.',
      samples: amounts(models, 'model', 'costUsd'),
    },
    ...agentFamilies([...meters.agents()]),
  ]
}

function agentFamilies(agents: readonly Subject[]): readonly Family[] {
  return [
    {
      name: 'loadstar_agent_requests_total',
      type: 'counter',
      help: 'Ended requests of clients by agent ("none" where none was named) and by how they ended.',
      samples: agents.flatMap((subject) => byOutcome(subject, 'agent', REQUEST_OUTCOMES, REQUEST_AT)),
    },
    {
      name: 'loadstar_agent_tokens_total',
      type: 'counter',
      help: 'Tokens by agent.',
      samples: agents.flatMap((subject) => tokens(subject, 'agent')),
    },
    {
      name: 'loadstar_agent_cost_usd_total',
      type: 'counter',
      help: 'US dollars by agent, of models that have a price.',
      samples: amounts(agents, 'agent', 'costUsd'),
    },
  ]
}

const DURATIONS: readonly (Omit<Family, 'type' | 'samples'> & { readonly measure: Measure })[] = [
  {
    measure: 'latency',
    name: 'loadstar_request_duration_seconds',
    isNamedByConvention: true,
    help: 'Of completed requests, from the arrival of the body to the end of the answer.',
  },
  {
    measure: 'service',
    name: 'loadstar_attempt_duration_seconds',
    isNamedByConvention: true,
    help: 'Of completed calls of models, from dispatch to the end of the answer.',
  },
  {
    measure: 'first_token',
    name: 'loadstar_time_to_first_token_seconds',
    isNamedByConvention: true,
    help: 'Of streams, from the dispatch to the model to its first token.',
  },
  {
    measure: 'per_token',
    name: 'loadstar_time_per_output_token_seconds',
    isNamedByConvention: true,
    help: 'Of completed streams, mean time between two tokens after the first.',
  },
  {
    measure: 'queue_wait',
    name: 'loadstar_queue_wait_seconds',
    help: 'Time that requests waited for a slot, 0 included.',
  },
  {
    measure: 'overhead',
    name: 'loadstar_overhead_seconds',
    help: 'Time that requests spent in the gateway, neither in the queue nor by a model.',
  },
]

function byOutcome<Outcome extends string>(
  subject: Subject,
  label: string,
  outcomes: readonly Outcome[],
  at: Readonly<Record<Outcome, number>>,
): Sample[] {
  const samples: Sample[] = []
  for (const outcome of outcomes) {
    const value = subject.counts[at[outcome]] ?? 0
    // Most pairs never occur; the first two stand from the start, so that a rate of errors is known to be zero.
    if (value > 0 || outcome === 'completed' || outcome === 'upstream_error') {
      samples.push({ labels: { [label]: subject.id, outcome }, value })
    }
  }
  return samples
}

function durations(subject: Subject, measure: Measure): Sample[] {
  const histogram = subject.histogram(MEASURE_AT[measure])
  if (histogram.counts.every((count) => count === 0)) return []
  return [{ labels: { model: subject.id }, value: { ...histogram, perUnit: MS_PER_SECOND } }]
}

function amounts(subjects: readonly Subject[], label: string, amount: Amount): Sample[] {
  return subjects.map(({ id, counts }) => ({ labels: { [label]: id }, value: amountIn(counts, amount) }))
}

function tokens({ id, counts }: Subject, label: string): Sample[] {
  const of = (type: string, amount: Amount): Sample => ({
    labels: { [label]: id, type } satisfies Labels,
    value: amountIn(counts, amount),
  })
  return [of('input', 'inputTokens'), of('output', 'outputTokens')]
}
