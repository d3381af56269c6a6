import type { ConsideredModel, DecisionView } from '../api/views'
import { duration, percent, plain, usd } from '../format/quantity'
import { words } from '../format/words'
import { modelNames } from '../live/catalog'
import { Badge } from '../ui/badge'
import { Term } from '../ui/quantity'
import { worthParts, type WorthParts } from './worth'

/** Why a candidate could not be given the request, in the words of the API. */
const FILTERS: Readonly<Record<string, string>> = {
  unknown_model: 'It was not there any more.',
  no_capacity: 'It has no slots at all: its limit is 0.',
  overloaded: 'All its slots were in use.',
  over_target: 'Its slots up to its target were in use, and this request may not go beyond.',
  reserved: 'It had free slots, kept for requests of other priorities.',
}

/** Who could have served the request, what each was worth, and why the others did not get it. */
export function Candidates({ decision }: { readonly decision: DecisionView }) {
  const { considered, model: chosen, policy } = decision
  const ranked = [...considered].sort(
    (a, b) =>
      Number(b.model === chosen) - Number(a.model === chosen) ||
      (b.worth ?? -Infinity) - (a.worth ?? -Infinity),
  )
  const winner = ranked[0]?.model === chosen ? ranked[0] : undefined
  const parts = ranked.map(worthParts)
  const scale = Math.max(
    1,
    ...parts.map((part) => (part === null ? 0 : Math.max(part.score, part.slots + part.rest))),
  )
  return (
    <section class="candidates" aria-label="Candidates">
      <div class="toolbar">
        <h3>Candidates</h3>
        <Legend policy={policy} />
      </div>
      <ol>
        {ranked.map((model, i) => (
          <Candidate
            key={model.model}
            model={model}
            parts={parts[i] ?? null}
            scale={scale}
            isChosen={model.model === chosen}
            winnerWorth={winner?.worth ?? null}
          />
        ))}
      </ol>
    </section>
  )
}

function Legend({ policy }: { readonly policy: string }) {
  const isBid = policy === 'bid'
  return (
    <div class="worth-legend spread">
      <span class="worth-key is-worth">
        <Term tip="What candidates are compared by, in points; the greatest with a free slot wins.">
          Worth
        </Term>
      </span>
      {isBid ? (
        <span class="worth-key is-slots">
          <Term tip="Points charged for the slot: what a second of it is worth to others, times the seconds it is expected to take.">
            Slot
          </Term>
        </span>
      ) : null}
      <span class="worth-key is-rest">
        {isBid ? (
          <Term tip="Points charged for the dollars it is expected to cost and the seconds it is expected to take.">
            Price and time
          </Term>
        ) : (
          <Term tip="Points that its load takes from its score.">Load</Term>
        )}
      </span>
    </div>
  )
}

interface CandidateProps {
  readonly model: ConsideredModel
  readonly parts: WorthParts | null
  readonly scale: number
  readonly isChosen: boolean
  readonly winnerWorth: number | null
}

function Candidate({ model, parts, scale, isChosen, winnerWorth }: CandidateProps) {
  const name = modelNames.value.get(model.model) ?? model.model
  return (
    <li class={isChosen ? 'candidate is-chosen' : 'candidate'}>
      <div class="toolbar">
        <strong>{name}</strong>
        {isChosen ? <Badge tone="accent">chosen</Badge> : <WhyNot model={model} winnerWorth={winnerWorth} />}
        <span class="spread candidate-worth">
          {parts === null ? '–' : parts.worth.toFixed(1)}{' '}
          <span class="unit">of {model.score.toFixed(1)}</span>
        </span>
      </div>
      {parts === null ? null : <WorthBar parts={parts} scale={scale} />}
      <p class="hint">{termsOf(model)}</p>
    </li>
  )
}

function WorthBar({ parts, scale }: { readonly parts: WorthParts; readonly scale: number }) {
  const { score, worth, slots, rest } = parts
  const width = (points: number) => ({ width: `${(Math.max(0, points / scale) * 100).toFixed(2)}%` })
  const words = `score ${score.toFixed(1)}: worth ${worth.toFixed(1)}, slot ${slots.toFixed(1)}, the rest ${rest.toFixed(1)} points`
  return (
    <div class="worth-bar" role="img" aria-label={words} data-tip={words}>
      <span class="is-worth" style={width(worth)} />
      <span class="is-slots" style={width(slots)} />
      <span class="is-rest" style={width(rest)} />
    </div>
  )
}

function WhyNot({
  model,
  winnerWorth,
}: {
  readonly model: ConsideredModel
  readonly winnerWorth: number | null
}) {
  const { filtered_because: filter, worth } = model
  if (filter !== null) {
    return (
      <Badge tone="warning" tip={FILTERS[filter] ?? 'Its health did not allow it.'}>
        {words(filter)}
      </Badge>
    )
  }
  if (worth === null || winnerWorth === null) return null
  const less = winnerWorth - worth
  return less > 0 ? (
    <Badge tone="quiet">{less.toFixed(1)} points less</Badge>
  ) : (
    <Badge tone="quiet">not its turn</Badge>
  )
}

function termsOf({ utilization, cost_usd, service_ms, slot_price, load_factor }: ConsideredModel): string {
  return [
    `utilization ${utilization === null ? 'unknown' : plain(percent(utilization))}`,
    load_factor === null ? '' : `load factor ${load_factor.toFixed(2)}`,
    service_ms === null ? '' : `expected to take ${plain(duration(service_ms))}`,
    cost_usd === null ? '' : `to cost ${plain(usd(cost_usd))}`,
    slot_price === null || slot_price === 0 ? '' : `slot at ${slot_price.toFixed(2)} points a second`,
  ]
    .filter(Boolean)
    .join(' · ')
}
