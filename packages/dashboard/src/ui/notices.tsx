import { signal } from '@preact/signals'
import { CircleAlert, CircleCheck, X } from 'lucide'
import type { ComponentChildren } from 'preact'
import { messageOf } from '../api/request'
import { Icon } from './icon'

interface Notice {
  readonly id: number
  readonly tone: 'done' | 'failed'
  readonly text: string
}

const SHOWN_MS = 6000
const notices = signal<readonly Notice[]>([])
let lastId = 0

/** Says for a few seconds that something was done. */
export function say(text: string): void {
  add('done', text)
}

/** Says what went wrong, until it is dismissed. */
export function sayFailed(error: unknown): void {
  add('failed', messageOf(error))
}

function add(tone: Notice['tone'], text: string): void {
  const id = ++lastId
  notices.value = [...notices.peek(), { id, tone, text }]
  if (tone === 'done') setTimeout(() => drop(id), SHOWN_MS)
}

function drop(id: number): void {
  notices.value = notices.peek().filter((notice) => notice.id !== id)
}

/** @param children - toasts of other kinds, above. */
export function Notices({ children }: { readonly children?: ComponentChildren }) {
  return (
    <div class="notices" role="region" aria-label="Notices" aria-live="polite">
      {children}
      {notices.value.map(({ id, tone, text }) => (
        <div class={`notice is-${tone}`} key={id} role={tone === 'failed' ? 'alert' : 'status'}>
          <Icon of={tone === 'failed' ? CircleAlert : CircleCheck} />
          <span>{text}</span>
          <button
            type="button"
            class="btn btn-ghost btn-xs btn-square"
            aria-label="Dismiss"
            onClick={() => drop(id)}
          >
            <Icon of={X} size={14} />
          </button>
        </div>
      ))}
    </div>
  )
}
