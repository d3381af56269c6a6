import { effect, signal } from '@preact/signals'

const ENTRY = 'loadstar.theme'
const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const prefersDark = matchMedia('(prefers-color-scheme: dark)')
const isDarkOutside = signal(prefersDark.matches)

export const theme = signal<Theme>(THEMES.find((known) => known === localStorage.getItem(ENTRY)) ?? 'system')

/** Whether it is dark now, for what is drawn rather than styled. */
export const isDark = signal(false)

export function nextTheme(): void {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system'
  localStorage.setItem(ENTRY, next)
  theme.value = next
}

export function applyTheme(): void {
  prefersDark.addEventListener('change', ({ matches }) => {
    isDarkOutside.value = matches
  })
  effect(() => {
    isDark.value = theme.value === 'system' ? isDarkOutside.value : theme.value === 'dark'
    document.documentElement.dataset['theme'] = isDark.value ? 'dark' : 'light'
  })
}
