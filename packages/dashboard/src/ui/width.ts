import { useEffect, useRef, useState } from 'preact/hooks'

/** The width of an element in whole pixels as it changes; 0 before it is drawn. */
export function useWidth<Drawn extends HTMLElement>() {
  const element = useRef<Drawn>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const drawn = element.current
    if (drawn === null) return
    const observer = new ResizeObserver(() => setWidth(Math.floor(drawn.clientWidth)))
    observer.observe(drawn)
    return () => observer.disconnect()
  }, [])
  return { element, width }
}
