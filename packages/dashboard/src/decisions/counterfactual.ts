import type { DecisionView } from '../api/views'
import { percent, plain } from '../format/quantity'

type Counterfactual = NonNullable<DecisionView['counterfactual']>

const TERMS: Readonly<Record<Counterfactual['term'], (value: number) => string>> = {
  utilization: (value) => `its utilization had been ${plain(percent(value))}`,
  score: (value) => `its score had been ${value.toFixed(1)} points`,
  slot_price: (value) => `its slots had cost ${value.toFixed(2)} points a second`,
}

/** The least change with which another model would have been given the request; `null` where none is known. */
export function inSentence(
  { counterfactual }: DecisionView,
  names: ReadonlyMap<string, string>,
): string | null {
  if (counterfactual === null) return null
  const { model, term, when, value } = counterfactual
  const bound = when === 'below' ? 'or less' : 'or more'
  return `${names.get(model) ?? model} would have had it if ${TERMS[term](value)} ${bound}.`
}
