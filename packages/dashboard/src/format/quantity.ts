/** A number as people read it: rounded to what matters, its unit apart. */
export interface Quantity {
  readonly text: string
  readonly unit: string
}

const NOTHING: Quantity = { text: '–', unit: '' }
const SECOND_MS = 1000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const TENTHS = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
/** From here on the last digits say nothing any more. */
const LONG_NUMBER = 100_000

export function count(value: number | null | undefined): Quantity {
  if (!isKnown(value)) return NOTHING
  return { text: value >= LONG_NUMBER ? COMPACT.format(value) : WHOLE.format(value), unit: '' }
}

export function perSecond(value: number | null | undefined): Quantity {
  if (!isKnown(value)) return NOTHING
  const text = value >= LONG_NUMBER ? COMPACT.format(value) : (value < 100 ? TENTHS : WHOLE).format(value)
  return { text, unit: '/s' }
}

export function duration(ms: number | null | undefined): Quantity {
  if (!isKnown(ms)) return NOTHING
  if (ms > 0 && ms < 1) return { text: '< 1', unit: 'ms' }
  if (ms < SECOND_MS) return { text: WHOLE.format(ms), unit: 'ms' }
  if (ms < 10 * SECOND_MS) return { text: (ms / SECOND_MS).toFixed(2), unit: 's' }
  if (ms < 2 * MINUTE_MS) return { text: TENTHS.format(ms / SECOND_MS), unit: 's' }
  if (ms < 2 * HOUR_MS) return { text: TENTHS.format(ms / MINUTE_MS), unit: 'min' }
  return { text: TENTHS.format(ms / HOUR_MS), unit: 'h' }
}

/** @param share - 0..1. */
export function percent(share: number | null | undefined): Quantity {
  if (!isKnown(share)) return NOTHING
  const value = share * 100
  // 99.97 % must not read as 100 %: the missing part is what matters.
  const text =
    value > 99.9 && value < 100
      ? '> 99.9'
      : value === 100 || value === 0
        ? String(value)
        : TENTHS.format(value)
  return { text, unit: '%' }
}

/** @param value - points of a score, 0..100. */
export function points(value: number | null | undefined): Quantity {
  return isKnown(value) ? { text: TENTHS.format(value), unit: '' } : NOTHING
}

export function usd(value: number | null | undefined): Quantity {
  if (!isKnown(value)) return NOTHING
  if (value > 0 && value < 0.01) return { text: `$${value.toPrecision(2)}`, unit: '' }
  return { text: `$${value.toFixed(2)}`, unit: '' }
}

export function plain({ text, unit }: Quantity): string {
  return unit === '' ? text : unit === '/s' ? `${text}${unit}` : `${text} ${unit}`
}

/** As it stands at an axis: without digits that are all zero. */
export function atAxis({ text, unit }: Quantity): string {
  return plain({ text: Number.isFinite(Number(text)) ? String(Number(text)) : text, unit })
}

function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value)
}
