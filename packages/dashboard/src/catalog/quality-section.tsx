import { useEffect, useState } from 'preact/hooks'
import { get } from '../api/request'
import { plain, percent } from '../format/quantity'
import { counted, title } from '../format/words'
import type { Loadable } from '../live/loadable'
import { Term } from '../ui/quantity'
import { WhenReady } from '../ui/states'

interface QualityView {
  readonly task_type: string
  readonly declared: number
  readonly effective: number
  readonly low: number
  readonly high: number
  readonly votes: number
}

/** What was declared beside what people make of the answers. */
export function QualitySection({ id }: { readonly id: string }) {
  const [qualities, setQualities] = useState<Loadable<readonly QualityView[]>>({ kind: 'loading' })
  const load = () => {
    get<{ qualities: readonly QualityView[] }>('/quality', { model_id: id }).then(
      (answer) => setQualities({ kind: 'ready', value: answer.qualities }),
      (error: unknown) => setQualities({ kind: 'failed', error }),
    )
  }
  useEffect(load, [])
  return (
    <section aria-label="Quality">
      <div class="toolbar">
        <h3>Quality by task</h3>
        <span class="quality-key is-declared">
          <Term tip="Mean declared strength over what the task requires.">Declared</Term>
        </span>
        <span class="quality-key is-learned">
          <Term tip="What scores go by, after people voted on answers; the band holds the true quality with a probability of 0.95.">
            Learned
          </Term>
        </span>
      </div>
      <WhenReady of={qualities} onRetry={load} lines={4}>
        {(value) => (
          <ul class="qualities">
            {value.map((quality) => (
              <Quality key={quality.task_type} quality={quality} />
            ))}
          </ul>
        )}
      </WhenReady>
    </section>
  )
}

function Quality({ quality }: { readonly quality: QualityView }) {
  const { task_type, declared, effective, low, high, votes } = quality
  const at = (share: number) => `${(share * 100).toFixed(1)}%`
  const hasVotes = votes > 0
  const text = `declared ${plain(percent(declared))}, learned ${hasVotes ? plain(percent(effective)) : 'nothing yet'}`
  return (
    <li class="quality">
      <span>{title(task_type)}</span>
      <div class="quality-track" role="img" aria-label={text} data-tip={text}>
        {hasVotes ? <span class="quality-band" style={{ left: at(low), width: at(high - low) }} /> : null}
        <span class="quality-declared" style={{ left: at(declared) }} />
        {hasVotes ? <span class="quality-learned" style={{ left: at(effective) }} /> : null}
      </div>
      <span class="hint number">{hasVotes ? counted(Math.round(votes), 'vote') : 'no votes'}</span>
    </li>
  )
}
