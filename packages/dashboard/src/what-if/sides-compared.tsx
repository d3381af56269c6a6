import type { SimulatedSide } from '../api/views'
import { duration, percent, plain, points, usd, type Quantity } from '../format/quantity'
import { words } from '../format/words'
import { Term } from '../ui/quantity'

interface Measure {
  readonly name: string
  readonly tip: string
  readonly value: (side: SimulatedSide) => number | null
  readonly format: (value: number | null) => Quantity
  readonly isMoreBetter: boolean
}

const MEASURES: readonly Measure[] = [
  {
    name: 'Success',
    tip: 'Share of requests that completed.',
    value: ({ success_rate }) => success_rate,
    format: percent,
    isMoreBetter: true,
  },
  {
    name: 'Wait, mean',
    tip: 'From arrival to a slot, of those that were given one.',
    value: ({ wait }) => wait.mean_ms,
    format: duration,
    isMoreBetter: false,
  },
  {
    name: 'Wait, P95',
    tip: '95 of 100 waited no longer than this.',
    value: ({ wait }) => wait.p95_ms,
    format: duration,
    isMoreBetter: false,
  },
  {
    name: 'First token, P95',
    tip: 'From arrival to the first token.',
    value: ({ first_token }) => first_token.p95_ms,
    format: duration,
    isMoreBetter: false,
  },
  {
    name: 'Latency, P50',
    tip: 'From arrival to the whole answer; half took no longer.',
    value: ({ latency }) => latency.p50_ms,
    format: duration,
    isMoreBetter: false,
  },
  {
    name: 'Latency, P95',
    tip: 'From arrival to the whole answer; 95 of 100 took no longer.',
    value: ({ latency }) => latency.p95_ms,
    format: duration,
    isMoreBetter: false,
  },
  {
    name: 'Latency, P99',
    tip: 'From arrival to the whole answer; 99 of 100 took no longer.',
    value: ({ latency }) => latency.p99_ms,
    format: duration,
    isMoreBetter: false,
  },
  {
    name: 'Quality',
    tip: 'Mean score of the pairs that completed, 0 to 100 points.',
    value: ({ quality }) => quality,
    format: points,
    isMoreBetter: true,
  },
  {
    name: 'Cost',
    tip: 'US dollars at the prices of the models.',
    value: ({ cost_usd }) => cost_usd,
    format: usd,
    isMoreBetter: false,
  },
]

interface SidesProps {
  readonly before: SimulatedSide
  readonly after: SimulatedSide
}

export function SidesCompared({ before, after }: SidesProps) {
  return (
    <table class="compared">
      <thead>
        <tr>
          <th scope="col">
            <span class="sr-only">Measure</span>
          </th>
          <th scope="col" class="number">
            Before <span class="hint">{words(before.policy)}</span>
          </th>
          <th scope="col" class="number">
            After <span class="hint">{words(after.policy)}</span>
          </th>
          <th scope="col" class="number">
            Change
          </th>
        </tr>
      </thead>
      <tbody>
        {MEASURES.map(({ name, tip, value, format, isMoreBetter }) => {
          const [was, is] = [value(before), value(after)]
          return (
            <tr key={name}>
              <th scope="row">
                <Term tip={tip}>{name}</Term>
              </th>
              <td class="number">{plain(format(was))}</td>
              <td class="number is-strong">{plain(format(is))}</td>
              <td class="number">
                <Change was={was} is={is} isMoreBetter={isMoreBetter} />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

interface ChangeProps {
  readonly was: number | null
  readonly is: number | null
  readonly isMoreBetter: boolean
}

/** Less than this says nothing. */
const LEAST_SHARE = 0.005

function Change({ was, is, isMoreBetter }: ChangeProps) {
  if (was === null || is === null || was === 0) return <span class="muted">–</span>
  const share = (is - was) / was
  if (Math.abs(share) < LEAST_SHARE) return <span class="muted">the same</span>
  const isBetter = share > 0 === isMoreBetter
  return (
    <span class={isBetter ? 'text-good' : 'text-bad'}>
      {share > 0 ? '+' : '−'}
      {plain(percent(Math.abs(share)))}
      <span class="sr-only">{isBetter ? ', better' : ', worse'}</span>
    </span>
  )
}
