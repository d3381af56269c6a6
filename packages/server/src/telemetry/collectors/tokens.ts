import type { Family, Sample } from '../family.js'
import type { Meters } from '../meters.js'
import type { Histogram, Subject } from '../subject.js'

/** Only for OpenTelemetry: two of a kind would be too many series to scrape. */
export function tokenFamilies(meters: Meters): readonly Family[] {
  const samples = [...meters.models()].flatMap((subject) => [
    ...tokenSample(subject, 'input', subject.inputTokens),
    ...tokenSample(subject, 'output', subject.outputTokens),
  ])
  return [
    {
      name: 'loadstar_attempt_tokens',
      type: 'histogram',
      semantic: 'gen_ai.client.token.usage',
      help: 'Tokens per call of a model.',
      samples,
    },
  ]
}

function tokenSample(subject: Subject, type: string, histogram: Histogram): Sample[] {
  if (histogram.counts.every((count) => count === 0)) return []
  const { bounds, counts, sum } = histogram
  return [{ labels: { model: subject.id, type }, value: { bounds, counts, sum, perUnit: 1 } }]
}
