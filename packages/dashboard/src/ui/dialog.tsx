import { X } from 'lucide'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Icon } from './icon'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
  /** From the side and as high as the page, for what is looked at rather than answered. */
  readonly isDrawer?: boolean
  readonly isWide?: boolean
}

/** Modal: the browser itself keeps the focus inside, closes it by Escape and gives the focus back. */
export function Dialog({ title, onClose, children, isDrawer = false, isWide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={element}
      class={`dialog ${isDrawer ? 'is-drawer' : ''} ${isWide ? 'is-wide' : ''}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        // What is typed into a dialog is not lost by a click beside it.
        if (isDrawer && event.target === element.current) onClose()
      }}
    >
      <div class="dialog-box">
        <header class="dialog-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" class="btn btn-ghost btn-sm btn-square" aria-label="Close" onClick={onClose}>
            <Icon of={X} />
          </button>
        </header>
        <div class="dialog-body">{children}</div>
      </div>
    </dialog>
  )
}
