import type { ModelView } from '../api/views'
import { Badge } from '../ui/badge'

/** Says of an entry of the file that it is one. */
export function SourceBadge({ source }: Pick<ModelView, 'source'>) {
  if (source !== 'file') return null
  return (
    <Badge tone="quiet" tip="Defined in loadstar.yaml and changed there.">
      file
    </Badge>
  )
}
