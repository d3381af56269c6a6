import type { IconNode } from 'lucide'
import { h } from 'preact'

interface IconProps {
  readonly of: IconNode
  readonly size?: number
}

/** A picture beside a word, so nothing for a screen reader. */
export function Icon({ of, size = 18 }: IconProps) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {of.map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  )
}
