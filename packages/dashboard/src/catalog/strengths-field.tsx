import { title } from '../format/words'
import { CAPABILITIES } from './vocabulary'

interface StrengthsFieldProps {
  readonly value: Readonly<Record<string, number>>
  readonly onChange: (value: Readonly<Record<string, number>>) => void
  readonly isDisabled: boolean
}

const STEP = 0.05

/** How strong a model is in each capability: a bar each, that can be dragged. */
export function StrengthsField({ value, onChange, isDisabled }: StrengthsFieldProps) {
  const own = Object.keys(value).filter((name) => !(CAPABILITIES as readonly string[]).includes(name))
  const change = (name: string, strength: number) => {
    const others = Object.entries(value).filter(([known]) => known !== name)
    onChange(Object.fromEntries(strength === 0 ? others : [...others, [name, strength]]))
  }
  return (
    <fieldset class="strengths" disabled={isDisabled}>
      <legend data-tip="0 is absent, 1 the best there is; what a model lacks of what an agent needs costs it score.">
        Declared strengths
      </legend>
      {[...CAPABILITIES, ...own].map((name) => {
        const strength = value[name] ?? 0
        return (
          <label class="strength" key={name}>
            <span>{title(name)}</span>
            <input
              class="range range-xs range-primary"
              type="range"
              min={0}
              max={1}
              step={STEP}
              value={strength}
              onInput={(event) => change(name, Number(event.currentTarget.value))}
            />
            <output>{strength.toFixed(2)}</output>
          </label>
        )
      })}
    </fieldset>
  )
}
