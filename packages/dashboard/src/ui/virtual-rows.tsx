import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

interface VirtualRowsProps {
  readonly count: number
  /** Pixels of each row. */
  readonly rowHeight: number
  /** Rows that are seen at once at most; more can be scrolled to. */
  readonly mostVisible: number
  readonly row: (index: number) => ComponentChildren
  readonly label: string
  /** Stands above the rows, and stays there. */
  readonly head?: ComponentChildren
  /** Called when the last rows come into sight. */
  readonly onEnd?: () => void
  /** Called with whether it is scrolled away from its beginning. */
  readonly onScrolled?: (isScrolled: boolean) => void
}

/** Rows drawn beyond what is seen, so that scrolling by a little shows no gap. */
const SPARE_ROWS = 6

/** A table of which only the rows in sight exist, so that a thousand cost what twenty do. */
export function VirtualRows(props: VirtualRowsProps) {
  const { count, rowHeight, mostVisible, row, label, head, onEnd, onScrolled } = props
  const frame = useRef<HTMLDivElement>(null)
  const [first, setFirst] = useState(0)
  const visible = Math.min(mostVisible, count)
  const start = Math.max(0, Math.min(first, count - visible) - SPARE_ROWS)
  const end = Math.min(count, first + visible + SPARE_ROWS)
  const isAtEnd = count > 0 && end >= count
  useEffect(() => {
    if (isAtEnd) onEnd?.()
  }, [isAtEnd, count])

  const onScroll = () => {
    const top = frame.current?.scrollTop ?? 0
    setFirst(Math.floor(top / rowHeight))
    onScrolled?.(top > 0)
  }
  return (
    <div
      class="rows"
      role="table"
      aria-label={label}
      aria-rowcount={count + (head === undefined ? 0 : 1)}
      ref={frame}
      tabIndex={0}
      onScroll={onScroll}
      style={{ maxHeight: `calc(${mostVisible * rowHeight}px + var(--rows-head, 2.5rem))` }}
    >
      {head}
      <div class="rows-body" role="rowgroup" style={{ height: `${count * rowHeight}px` }}>
        <div
          class="rows-window"
          role="presentation"
          style={{ transform: `translateY(${start * rowHeight}px)` }}
        >
          {Array.from({ length: end - start }, (_, i) => row(start + i))}
        </div>
      </div>
    </div>
  )
}
