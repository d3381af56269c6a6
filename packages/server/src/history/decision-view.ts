import type { Considered, DecisionRow } from './decision-row.js'

/** One request that ended, as the API tells it and as a line of an export. */
export interface DecisionView extends Omit<DecisionRow, 'must_have' | 'is_stream' | 'considered' | 'tries'> {
  readonly must_have: readonly string[] | null
  readonly is_stream: boolean | null
  readonly considered: Considered | null
  readonly tries: readonly (readonly [model: string, outcome: string, serviceMs: number])[] | null
}

export function viewOf(row: DecisionRow): DecisionView {
  const { must_have, is_stream, considered, tries } = row
  return {
    ...row,
    must_have: parsed<DecisionView['must_have']>(must_have),
    is_stream: is_stream === null ? null : is_stream === 1,
    considered: parsed<Considered>(considered),
    tries: parsed<DecisionView['tries']>(tries),
  }
}

function parsed<T>(json: string | null): T | null {
  return json === null ? null : (JSON.parse(json) as T)
}
