import { signal } from '@preact/signals'

const ENTRY = 'loadstar.key'

/** The key of this tab; it is gone when the tab is closed, and never written anywhere else. */
export const apiKey = signal(sessionStorage.getItem(ENTRY))

/** Why a key is asked for; `null` while none is. */
export const keyWanted = signal<'missing' | 'refused' | null>(null)

export function takeKey(key: string): void {
  sessionStorage.setItem(ENTRY, key)
  apiKey.value = key
  keyWanted.value = null
}

export function forgetKey(): void {
  sessionStorage.removeItem(ENTRY)
  apiKey.value = null
}

/** The server did not take the key, or wants one: the page asks for it, and goes on from where it stands. */
export function keyRefused(): void {
  keyWanted.value = apiKey.value === null ? 'missing' : 'refused'
}

export function authorization(): Record<string, string> {
  return apiKey.value === null ? {} : { authorization: `Bearer ${apiKey.value}` }
}
