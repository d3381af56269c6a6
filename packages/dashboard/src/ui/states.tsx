import { CloudOff, type IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { messageOf } from '../api/request'
import type { Loadable } from '../live/loadable'
import { Icon } from './icon'

interface EmptyProps {
  readonly icon: IconNode
  readonly title: string
  readonly children?: ComponentChildren
}

/** Nothing to show, and what would change that. */
export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div class="blank">
      <Icon of={icon} size={28} />
      <p class="blank-title">{title}</p>
      <div class="blank-text">{children}</div>
    </div>
  )
}

interface FailedProps {
  readonly error: unknown
  readonly onRetry: () => void
}

export function Failed({ error, onRetry }: FailedProps) {
  return (
    <div class="blank" role="alert">
      <Icon of={CloudOff} size={28} />
      <p class="blank-title">This could not be loaded</p>
      <p class="blank-text">{messageOf(error)}</p>
      <button type="button" class="btn btn-sm" onClick={onRetry}>
        Try again
      </button>
    </div>
  )
}

export function Skeleton({ lines }: { readonly lines: number }) {
  return (
    <div class="skeletons" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <div class="skeleton" key={i} />
      ))}
    </div>
  )
}

interface WhenReadyProps<Value> {
  readonly of: Loadable<Value>
  readonly onRetry: () => void
  readonly lines?: number
  readonly children: (value: Value) => ComponentChildren
}

/** The value, or what stands where it will be. */
export function WhenReady<Value>({ of, onRetry, lines = 6, children }: WhenReadyProps<Value>) {
  switch (of.kind) {
    case 'loading':
      return <Skeleton lines={lines} />
    case 'failed':
      return <Failed error={of.error} onRetry={onRetry} />
    case 'ready':
      return <>{children(of.value)}</>
  }
}
