import { words } from '../format/words'
import { Badge, type Tone } from '../ui/badge'

interface OutcomeMeaning {
  readonly tone: Tone
  readonly tip: string
}

/** How requests can end, in the words of the API, and what each means. */
const OUTCOMES: Readonly<Record<string, OutcomeMeaning>> = {
  completed: { tone: 'good', tip: 'The whole answer went out.' },
  client_gone: { tone: 'quiet', tip: 'The client left before the end of its answer.' },
  cancelled_in_queue: { tone: 'quiet', tip: 'The client left while it waited.' },
  left_at_door: { tone: 'quiet', tip: 'The client left before it had sent its request.' },
  hedge_lost: { tone: 'quiet', tip: 'Another attempt at the same request was heard first.' },
  refused_by_model: { tone: 'warning', tip: 'The model refused it as its caller’s fault.' },
  refused_at_door: { tone: 'warning', tip: 'Turned away for its form, its size or the name of its model.' },
  over_budget: { tone: 'warning', tip: 'Turned away because its key, or its agent, has spent its budget.' },
  rejected_queue_full: { tone: 'bad', tip: 'The queue had no room.' },
  rejected_queue_closed: { tone: 'bad', tip: 'Every model was full, and let nobody more wait.' },
  rejected_no_model: { tone: 'bad', tip: 'No model can ever serve it.' },
  rejected_deadline: { tone: 'bad', tip: 'Its deadline would have passed before it could be served.' },
  rejected_draining: { tone: 'bad', tip: 'The server was about to stop.' },
  expired_in_queue: { tone: 'bad', tip: 'It waited as long as it may.' },
  upstream_error: { tone: 'bad', tip: 'The model failed before its first byte went out.' },
  upstream_timeout: { tone: 'bad', tip: 'The model took longer than a limit.' },
  upstream_cut: { tone: 'bad', tip: 'The stream broke off after its first byte.' },
  instance_lost: { tone: 'bad', tip: 'The instance that served it died or shut down.' },
}

export const OUTCOME_NAMES: readonly string[] = Object.keys(OUTCOMES)

export function OutcomeBadge({ outcome }: { readonly outcome: string }) {
  const { tone, tip } = OUTCOMES[outcome] ?? { tone: 'quiet' as const, tip: 'How the request ended.' }
  return (
    <Badge tone={tone} tip={tip}>
      {words(outcome)}
    </Badge>
  )
}
