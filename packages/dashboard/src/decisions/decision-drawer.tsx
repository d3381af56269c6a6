import { useEffect, useState } from 'preact/hooks'
import { get, RequestError, segment } from '../api/request'
import type { DecisionRecord, DecisionView } from '../api/views'
import { clockTime } from '../format/instant'
import { count, duration, plain, usd } from '../format/quantity'
import { words } from '../format/words'
import { modelNames } from '../live/catalog'
import { liveDecisions } from '../live/decisions'
import type { Loadable } from '../live/loadable'
import { Dialog } from '../ui/dialog'
import { Term } from '../ui/quantity'
import { WhenReady } from '../ui/states'
import { Candidates } from './candidates'
import { inSentence } from './counterfactual'
import { OutcomeBadge } from './outcome'
import { Timeline } from './timeline'

interface DecisionDrawerProps {
  /** Of the decision; `request` where there was none. */
  readonly id: string
  /** Of a request that never had a slot, and so no decision. */
  readonly requestId: string | undefined
  readonly onClose: () => void
}

interface Opened {
  readonly decision: DecisionView | null
  readonly request: DecisionRecord | null
}

export function DecisionDrawer({ id, requestId, onClose }: DecisionDrawerProps) {
  const [opened, setOpened] = useState<Loadable<Opened>>({ kind: 'loading' })
  const load = () => {
    setOpened({ kind: 'loading' })
    read(id, requestId).then(
      (value) => setOpened({ kind: 'ready', value }),
      (error: unknown) => setOpened({ kind: 'failed', error }),
    )
  }
  useEffect(load, [])
  return (
    <Dialog title="Why this model" onClose={onClose} isDrawer>
      <WhenReady of={opened} onRetry={load} lines={10}>
        {(value) => <Content {...value} />}
      </WhenReady>
    </Dialog>
  )
}

async function read(id: string, requestId: string | undefined): Promise<Opened> {
  if (requestId === undefined) {
    const found = await get<Opened>(`/decisions/${segment(id)}`)
    // The history is written in batches: what came by on the stream may not be there yet.
    const live = liveDecisions.peek().find(({ decision_id }) => decision_id === id)
    return { decision: found.decision, request: found.request ?? live ?? null }
  }
  const live = liveDecisions.peek().find(({ request_id }) => request_id === requestId)
  if (live !== undefined) return { decision: null, request: live }
  const { decisions } = await get<{ decisions: readonly DecisionRecord[] }>('/decisions', {
    request_id: requestId,
    page_size: 1,
  })
  const [request] = decisions
  if (request === undefined) {
    throw new RequestError(`There is no request “${requestId}” in the history.`, 404, 'unknown', null)
  }
  return { decision: null, request }
}

function Content({ decision, request }: Opened) {
  return (
    <>
      <Headline decision={decision} request={request} />
      {request === null ? (
        <p class="hint">It runs, or nothing is recorded of it yet.</p>
      ) : (
        <Timeline record={request} />
      )}
      {decision === null ? (
        <p class="hint">It never had a slot, so no candidate was weighed for it.</p>
      ) : (
        <Candidates decision={decision} />
      )}
      {request === null ? null : <Facts record={request} />}
    </>
  )
}

function Headline({ decision, request }: Opened) {
  const model = decision?.model ?? request?.model_id ?? null
  const name = model === null ? 'no model' : (modelNames.value.get(model) ?? model)
  const reason = decision === null ? null : reasonOf(decision)
  const change = decision === null ? null : inSentence(decision, modelNames.value)
  return (
    <div class="headline">
      <div class="toolbar">
        <strong class="headline-model">{name}</strong>
        {request === null ? null : <OutcomeBadge outcome={request.outcome} />}
      </div>
      {reason === null ? null : <p>{reason}</p>}
      {change === null ? null : <p class="counterfactual">{change}</p>}
    </div>
  )
}

function reasonOf({ explored, margin, policy, considered }: DecisionView): string {
  if (explored) return 'It was given this model to learn more of it, not because it is worth most.'
  const way = `policy ${words(policy)}`
  if (considered.length === 1) return `It was the only candidate (${way}).`
  if (margin === null) return `No other candidate had a slot for it at that moment (${way}).`
  if (margin === 0) return `It was worth as much as the next best, and it was its turn (${way}).`
  return `It was worth ${margin.toFixed(1)} points more than the next best with a free slot (${way}).`
}

function Facts({ record }: { readonly record: DecisionRecord }) {
  const { request_id, decision_id, api, asked_model, agent_id, key_id, task, must_have, priority, status } =
    record
  const facts: readonly (readonly [string, string, string])[] = [
    ['Arrived', clockTime(record.at_ms), 'When the whole request had come.'],
    ['Agent', agent_id ?? 'none', 'Who asked, by its header x-agent-id or its key.'],
    ['Key', key_id ?? 'none', 'Id of the key it came with.'],
    ['API', api, 'The API the client spoke.'],
    ['Asked for', asked_model ?? 'unread', 'The model as the client named it.'],
    ['Task', task ?? 'none given', 'The kind of work it asked for.'],
    ['Must have', must_have?.map(words).join(', ') || 'nothing', 'Capabilities the model had to have.'],
    ['Priority', priority ?? 'unread', 'Who goes first where requests wait.'],
    ['Status', String(status), 'HTTP status of the answer; 499 where the client left.'],
    ['Input', `${plain(count(record.input_tokens))} tokens`, 'Tokens of the request.'],
    ['Output', `${plain(count(record.output_tokens))} tokens`, 'Tokens of the answer.'],
    ['Cost', plain(usd(record.cost_usd)), 'US dollars, all attempts together.'],
    [
      'Overhead',
      plain(duration(record.overhead_ms)),
      'Time in the gateway, neither in the queue nor by a model.',
    ],
    ['Request', request_id, 'x-request-id of the answer.'],
    ['Decision', decision_id ?? 'none', 'x-loadstar-decision-id of the answer.'],
  ]
  return (
    <section aria-label="The request">
      <h3>The request</h3>
      <dl class="facts">
        {facts.map(([term, value, tip]) => (
          <div key={term}>
            <dt>
              <Term tip={tip}>{term}</Term>
            </dt>
            <dd class="ellipsis">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
