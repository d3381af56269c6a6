interface SparklineProps {
  /** Oldest first; `NaN` leaves a gap. */
  readonly values: readonly number[]
  /** The greatest value that has to fit; that of the values when left out. */
  readonly top?: number
  readonly width?: number
  readonly height?: number
}

/** A trend without axes: its figures stand beside it. */
export function Sparkline({ values, top, width = 120, height = 28 }: SparklineProps) {
  const greatest = Math.max(top ?? 0, ...values.filter(Number.isFinite), Number.MIN_VALUE)
  const step = width / Math.max(1, values.length - 1)
  const y = (value: number) => (height - 1.5 - (value / greatest) * (height - 3)).toFixed(1)
  let isDrawing = false
  let line = ''
  values.forEach((value, i) => {
    const isPoint = Number.isFinite(value)
    if (isPoint) line += `${isDrawing ? 'L' : 'M'}${(i * step).toFixed(1)} ${y(value)}`
    isDrawing = isPoint
  })
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={line} />
    </svg>
  )
}
