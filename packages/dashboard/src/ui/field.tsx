import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps {
  readonly label: string
  readonly hint?: ComponentChildren
  /** What the server said is wrong with it. */
  readonly error?: string | undefined
  readonly children: (attributes: {
    id: string
    'aria-describedby': string
    'aria-invalid': boolean
  }) => ComponentChildren
}

function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const notes = `${id}-notes`
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': notes, 'aria-invalid': error !== undefined })}
      <span id={notes} class={error === undefined ? 'hint' : 'hint text-bad'}>
        {error ?? hint}
      </span>
    </div>
  )
}

interface TextFieldProps {
  readonly label: string
  readonly hint?: ComponentChildren
  readonly error?: string | undefined
  readonly value: string
  readonly onInput: (value: string) => void
  readonly type?: 'text' | 'number' | 'url'
  readonly isRequired?: boolean
  readonly isDisabled?: boolean
  readonly min?: number
  readonly max?: number
  readonly step?: number | 'any'
  readonly placeholder?: string
}

export function TextField(props: TextFieldProps) {
  const {
    label,
    hint,
    error,
    value,
    onInput,
    type = 'text',
    isRequired,
    isDisabled,
    min,
    max,
    step,
    placeholder,
  } = props
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <input
          class="input"
          // The types of JSX tell each kind of input apart, and this is one of several.
          {...({ type } as { readonly type: 'text' })}
          value={value}
          required={isRequired}
          disabled={isDisabled}
          min={min}
          max={max}
          step={step}
          placeholder={placeholder}
          autoComplete="off"
          onInput={(event) => onInput(event.currentTarget.value)}
          {...attributes}
        />
      )}
    </Field>
  )
}

interface SelectFieldProps<Value extends string> {
  readonly label: string
  readonly hint?: ComponentChildren
  readonly error?: string | undefined
  readonly value: Value
  readonly options: readonly (readonly [Value, string])[]
  readonly onChange: (value: Value) => void
  readonly isDisabled?: boolean
}

export function SelectField<Value extends string>(props: SelectFieldProps<Value>) {
  const { label, hint, error, value, options, onChange, isDisabled } = props
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <select
          class="select"
          value={value}
          disabled={isDisabled}
          onChange={(event) => onChange(event.currentTarget.value as Value)}
          {...attributes}
        >
          {options.map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
