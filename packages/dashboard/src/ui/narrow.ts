import { signal } from '@preact/signals'

const query = matchMedia('(max-width: 760px)')

/** Whether the page is as narrow as a phone, where tables become cards. */
export const isNarrow = signal(query.matches)

query.addEventListener('change', ({ matches }) => {
  isNarrow.value = matches
})
