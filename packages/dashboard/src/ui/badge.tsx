import type { ComponentChildren } from 'preact'

export type Tone = 'quiet' | 'accent' | 'good' | 'warning' | 'bad'

interface BadgeProps {
  readonly tone: Tone
  readonly tip?: string
  readonly children: ComponentChildren
}

/** A short word on a state; colour only repeats what it says. */
export function Badge({ tone, tip, children }: BadgeProps) {
  return (
    <span class={`tag is-${tone}`} data-tip={tip}>
      {children}
    </span>
  )
}
