import { signal } from '@preact/signals'

const ENTRY = 'loadstar.pace'

/** Milliseconds between two ticks that a person may choose. */
export const PACES = [250, 1000, 5000] as const

/** Milliseconds between two ticks of the stream; kept for the next visit. */
export const pace = signal(remembered())

export function choosePace(ms: number): void {
  localStorage.setItem(ENTRY, String(ms))
  pace.value = ms
}

function remembered(): number {
  const ms = Number(localStorage.getItem(ENTRY))
  return PACES.find((known) => known === ms) ?? 1000
}
