import type { DecisionRecord } from '../api/views'
import { duration, plain } from '../format/quantity'
import { words } from '../format/words'
import { modelNames } from '../live/catalog'
import { Term } from '../ui/quantity'

interface Stretch {
  readonly name: string
  readonly tip: string
  readonly kind: 'wait' | 'gateway' | 'first' | 'stream' | 'tried'
  readonly ms: number
}

/** Where the time of a request went, from its arrival to the end of its answer. */
export function Timeline({ record }: { readonly record: DecisionRecord }) {
  const stretches = stretchesOf(record)
  const total = Math.max(
    1,
    stretches.reduce((sum, { ms }) => sum + ms, 0),
  )
  return (
    <section aria-label="Timeline">
      <div class="toolbar">
        <h3>Timeline</h3>
        <span class="spread is-strong">{plain(duration(record.total_ms))}</span>
      </div>
      <div class="timeline" role="img" aria-label={inWords(stretches)}>
        {stretches.map(({ name, kind, ms, tip }) => (
          <span
            key={name}
            class={`is-${kind}`}
            style={{ flexGrow: ms / total }}
            data-tip={`${name}: ${plain(duration(ms))}. ${tip}`}
          />
        ))}
      </div>
      <ul class="timeline-legend">
        {stretches.map(({ name, kind, ms, tip }) => (
          <li key={name} class={`is-${kind}`}>
            <Term tip={tip}>{name}</Term> <b>{plain(duration(ms))}</b>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Attempts that were made one after the other; of those that raced, only the last is told. */
function stretchesOf(record: DecisionRecord): readonly Stretch[] {
  const { queue_ms, overhead_ms, service_ms, first_byte_ms, tries, total_ms } = record
  const service = service_ms ?? Math.max(0, total_ms - queue_ms - overhead_ms)
  const earlier = (tries ?? []).slice(0, -1).map(([model, outcome, ms], i) => ({
    name: `Attempt ${i + 1}`,
    tip: `${modelNames.value.get(model) ?? model}: ${words(outcome)}.`,
    kind: 'tried' as const,
    ms,
  }))
  const triedMs = earlier.reduce((sum, { ms }) => sum + ms, 0)
  const isInTurn = triedMs + queue_ms + overhead_ms <= total_ms
  const heard =
    isInTurn && earlier.length > 0 ? Math.max(0, total_ms - triedMs - queue_ms - overhead_ms) : service
  const first = Math.min(first_byte_ms ?? heard, heard)
  return [
    { name: 'Queue', tip: 'It waited for a free slot.', kind: 'wait', ms: queue_ms },
    { name: 'Gateway', tip: 'Reading, choosing and sending on.', kind: 'gateway', ms: overhead_ms },
    ...(isInTurn ? earlier : []),
    { name: 'First byte', tip: 'The model worked until its answer began.', kind: 'first', ms: first },
    {
      name: 'Answer',
      tip: 'The answer came, token by token if it was a stream.',
      kind: 'stream',
      ms: heard - first,
    },
  ]
}

function inWords(stretches: readonly Stretch[]): string {
  return stretches.map(({ name, ms }) => `${name} ${plain(duration(ms))}`).join(', ')
}
