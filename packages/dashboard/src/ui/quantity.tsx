import type { Quantity } from '../format/quantity'

interface QuantityProps {
  readonly of: Quantity
  /** What the number means. */
  readonly tip?: string
}

/** A number with its unit a little quieter. */
export function Figure({ of: { text, unit }, tip }: QuantityProps) {
  return (
    <span class="figure" data-tip={tip}>
      {text}
      {unit === '' ? null : <span class="unit">{unit === '/s' ? unit : ` ${unit}`}</span>}
    </span>
  )
}

interface TermProps {
  readonly children: string
  readonly tip: string
}

/** A word that is defined when it is pointed at or focused. */
export function Term({ children, tip }: TermProps) {
  return (
    <span class="term" tabIndex={0} role="note" aria-label={`${children}: ${tip}`} data-tip={tip}>
      {children}
    </span>
  )
}
