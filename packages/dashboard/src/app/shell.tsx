import { BookOpen, Compass } from 'lucide'
import { alertCounts } from '../live/alerts'
import { Icon } from '../ui/icon'
import { QuestionDialog } from '../ui/ask'
import { Notices } from '../ui/notices'
import { Empty } from '../ui/states'
import { ConnectionBanner, ConnectionPill } from './connection'
import { CriticalToasts } from './critical-toasts'
import { KeyDialog } from './key-dialog'
import { hrefOf, PAGES, type Page } from './pages'
import { path } from './route'
import { KeyButton, PaceButton, ThemeButton } from './settings'

/** What is around every page. */
export function Shell() {
  const page = PAGES.find(({ slug }) => slug === (path.value[0] ?? ''))
  return (
    <div class="shell">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Sidebar current={page} />
      <div class="main">
        <header class="top">
          <div class="top-title">
            <h1>{page?.title ?? 'Not found'}</h1>
            <p class="purpose">{page?.purpose ?? ''}</p>
          </div>
          <div class="top-tools">
            <ConnectionPill />
            <PaceButton />
            <ThemeButton />
            <KeyButton />
          </div>
        </header>
        <ConnectionBanner />
        <main id="content" tabIndex={-1}>
          {page === undefined ? <NotFound /> : <page.content key={page.slug} />}
        </main>
      </div>
      <Notices>
        <CriticalToasts />
      </Notices>
      <QuestionDialog />
      <KeyDialog />
    </div>
  )
}

function Sidebar({ current }: { readonly current: Page | undefined }) {
  return (
    <nav class="side" aria-label="Pages">
      <a class="brand" href="/" data-page aria-label="Loadstar, overview">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <span>Loadstar</span>
      </a>
      <ul>
        {PAGES.map((page) => (
          <li key={page.slug}>
            <a href={hrefOf(page)} data-page aria-current={page === current ? 'page' : undefined}>
              <Icon of={page.icon} />
              <span class="side-text">{page.title}</span>
              {page.slug === 'alerts' ? <AlertCount /> : null}
            </a>
          </li>
        ))}
      </ul>
      <a class="side-docs" href="/docs/" target="_blank" rel="noreferrer">
        <Icon of={BookOpen} />
        <span class="side-text">API reference</span>
      </a>
    </nav>
  )
}

function AlertCount() {
  const { critical, error, warning, info } = alertCounts.value
  const active = critical + error + warning + info
  if (active === 0) return null
  const tone = critical + error > 0 ? 'is-bad' : 'is-warning'
  return (
    <span class={`side-count ${tone}`}>
      {active}
      <span class="sr-only"> active</span>
    </span>
  )
}

function NotFound() {
  return (
    <Empty icon={Compass} title="There is no such page">
      <a class="link" href="/" data-page>
        To the overview
      </a>
    </Empty>
  )
}
