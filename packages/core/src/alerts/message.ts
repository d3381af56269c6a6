import type { AlertType } from './alert.js'
import type { AlertRules } from './options.js'

interface Said {
  readonly type: AlertType
  readonly modelId: string | null
  readonly ruleId: string | null
  readonly value: number
  readonly threshold: number
  readonly count: number | undefined
}

/** What is wrong as a sentence, with the numbers of the case. */
export function messageOf(
  { type, modelId, ruleId, value, threshold, count }: Said,
  rules: AlertRules,
): string {
  const model = `model ${JSON.stringify(modelId)}`
  switch (type) {
    case 'high_latency':
      return `${model}: 95 % of ${count} answers in ${seconds(rules.windowMs)} came within ${Math.round(value)} ms, above ${threshold} ms`
    case 'low_success_rate':
      return `${model}: ${percent(value)} of ${count} results in ${seconds(rules.windowMs)} were good, below ${percent(threshold)}`
    case 'model_failure':
      return `${model} failed ${value} times in a row, ${threshold} or more`
    case 'rapid_failures':
      return `${model} failed ${value} of ${count} times in ${seconds(rules.windowMs)}, ${threshold} or more of them within ${seconds(rules.rapidFailures.withinMs)}`
    case 'threshold_breach':
      return `${model} is used to ${percent(value)}, at or above the ${percent(threshold)} of capacity rule ${JSON.stringify(ruleId)}`
    case 'no_models_available':
      return `none of ${count} models can be given a request`
  }
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`
}

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toFixed(1))} s`
}
