interface LoadBarProps {
  readonly inFlight: number
  readonly target: number
  readonly limit: number
  readonly label: string
}

/** Requests in flight against the target (the tick) and the limit (the whole width). */
export function LoadBar({ inFlight, target, limit, label }: LoadBarProps) {
  const share = limit === 0 ? 0 : Math.min(1, inFlight / limit)
  const isOver = inFlight > target
  const isFull = limit > 0 && inFlight >= limit
  const tone = isFull ? 'is-full' : isOver ? 'is-over' : ''
  return (
    <div
      class={`load-bar ${tone}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={limit}
      aria-valuenow={inFlight}
      aria-valuetext={`${inFlight} of ${limit} in flight, target ${target}`}
    >
      <div class="load-fill" style={{ transform: `scaleX(${share.toFixed(3)})` }} />
      {limit > 0 && target < limit ? (
        <div class="load-target" style={{ left: `${((target / limit) * 100).toFixed(1)}%` }} />
      ) : null}
    </div>
  )
}
