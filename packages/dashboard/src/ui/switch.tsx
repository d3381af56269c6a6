interface SwitchProps {
  readonly label: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly tip?: string
  readonly isDisabled?: boolean
}

export function Switch({ label, isOn, onChange, tip, isDisabled = false }: SwitchProps) {
  return (
    <label class="switch" data-tip={tip}>
      <input
        type="checkbox"
        role="switch"
        class="toggle toggle-sm toggle-primary"
        checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  )
}
