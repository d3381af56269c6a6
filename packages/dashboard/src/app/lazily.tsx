import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Failed, Skeleton } from '../ui/states'

/** A page whose code is fetched when it is first opened, so that the first visit costs little. */
export function lazily(load: () => Promise<ComponentType>): ComponentType {
  let loaded: ComponentType | undefined
  return function Lazily() {
    const [Content, setContent] = useState<ComponentType | undefined>(() => loaded)
    const [error, setError] = useState<unknown>(null)
    useEffect(() => {
      if (loaded !== undefined) return
      load().then((content) => {
        loaded = content
        setContent(() => content)
      }, setError)
    }, [])
    // The server may have another build by now, whose files have other names.
    if (error !== null) return <Failed error={error} onRetry={() => location.reload()} />
    return Content === undefined ? <Skeleton lines={10} /> : <Content />
  }
}
