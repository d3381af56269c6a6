import { effect } from '@preact/signals'
import { alertCounts } from '../live/alerts'
import { PAGES } from './pages'
import { path } from './route'

/** The tab tells how many alerts are active, also while another one is in front. */
export function keepTabTitle(): void {
  effect(() => {
    const { critical, error, warning, info } = alertCounts.value
    const active = critical + error + warning + info
    const page = PAGES.find(({ slug }) => slug === (path.value[0] ?? ''))
    document.title = `${active === 0 ? '' : `(${active}) `}${page?.title ?? 'Not found'} · Loadstar`
  })
}
