import { computed, signal } from '@preact/signals'

const address = signal(here())

/** The parts of the path: `/decisions/7` → `['decisions', '7']`. */
export const path = computed(() =>
  new URL(address.value, location.origin).pathname.split('/').filter(Boolean).map(decoded),
)
export const query = computed(() => new URL(address.value, location.origin).searchParams)

export function navigate(to: string, options: { readonly isReplacing?: boolean } = {}): void {
  history[options.isReplacing === true ? 'replaceState' : 'pushState'](null, '', to)
  address.value = here()
}

/** Changes what the address says after `?`; an empty value removes. Going back leads to the page before. */
export function setQuery(changes: Readonly<Record<string, string>>): void {
  const url = new URL(here(), location.origin)
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  navigate(`${url.pathname}${url.search}`, { isReplacing: true })
}

/** Links of the page itself change it without loading it anew. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    address.value = here()
  })
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link === null || link.target !== '' || link.origin !== location.origin) return
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    if (!('page' in link.dataset)) return
    event.preventDefault()
    navigate(`${link.pathname}${link.search}`)
  })
}

/** What is no percent-encoding stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function here(): string {
  return `${location.pathname}${location.search}`
}
