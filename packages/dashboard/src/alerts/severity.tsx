import { CircleAlert, Info, OctagonAlert, TriangleAlert, type IconNode } from 'lucide'
import type { Severity } from '../api/views'
import { Badge, type Tone } from '../ui/badge'
import { Icon } from '../ui/icon'

/** The worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'error', 'warning', 'info']

const LOOKS: Readonly<Record<Severity, { readonly tone: Tone; readonly icon: IconNode }>> = {
  critical: { tone: 'bad', icon: OctagonAlert },
  error: { tone: 'bad', icon: CircleAlert },
  warning: { tone: 'warning', icon: TriangleAlert },
  info: { tone: 'quiet', icon: Info },
}

export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  const { tone, icon } = LOOKS[severity]
  return (
    <Badge tone={tone}>
      <Icon of={icon} size={13} />
      {severity}
    </Badge>
  )
}
