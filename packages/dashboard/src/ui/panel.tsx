import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface PanelProps {
  readonly title: string
  readonly subtitle?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
  readonly className?: string
}

export function Panel({ title, subtitle, actions, children, className = '' }: PanelProps) {
  const heading = useId()
  return (
    <section class={`panel ${className}`} aria-labelledby={heading}>
      <header class="panel-head">
        <div>
          <h2 id={heading}>{title}</h2>
          {subtitle === undefined ? null : <p class="subtitle">{subtitle}</p>}
        </div>
        {actions === undefined ? null : <div class="panel-actions">{actions}</div>}
      </header>
      {children}
    </section>
  )
}
