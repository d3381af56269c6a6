const GAP_PX = 8
const EDGE_PX = 8

/**
 * One tooltip for the page: whatever carries `data-tip` shows it while it is pointed at or has the focus, and Escape
 * takes it away. It is described by it to a screen reader for that time.
 */
export function installTooltip(): void {
  const tip = document.createElement('div')
  tip.id = 'tooltip'
  tip.className = 'tip'
  tip.setAttribute('role', 'tooltip')
  tip.hidden = true
  document.body.append(tip)
  let shown: Element | null = null

  const hide = () => {
    shown?.removeAttribute('aria-describedby')
    shown = null
    tip.hidden = true
  }
  const show = (target: EventTarget | null) => {
    const element = target instanceof Element ? target.closest('[data-tip]') : null
    if (element === shown) return
    hide()
    const text = element?.getAttribute('data-tip') ?? ''
    if (element === null || text === '') return
    shown = element
    tip.textContent = text
    tip.hidden = false
    element.setAttribute('aria-describedby', tip.id)
    // A dialog is above everything else, so its tooltip has to be inside it.
    ;(element.closest('dialog') ?? document.body).append(tip)
    place(tip, element.getBoundingClientRect())
  }

  document.addEventListener('pointerover', ({ target, pointerType }) => {
    if (pointerType !== 'touch') show(target)
  })
  document.addEventListener('focusin', ({ target }) => show(target))
  document.addEventListener('focusout', hide)
  document.addEventListener('scroll', hide, { capture: true, passive: true })
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide()
  })
}

function place(tip: HTMLElement, around: DOMRect): void {
  const { width, height } = tip.getBoundingClientRect()
  const above = around.top - height - GAP_PX
  const left = around.left + around.width / 2 - width / 2
  tip.style.left = `${Math.max(EDGE_PX, Math.min(left, innerWidth - width - EDGE_PX))}px`
  tip.style.top = `${above > EDGE_PX ? above : around.bottom + GAP_PX}px`
}
