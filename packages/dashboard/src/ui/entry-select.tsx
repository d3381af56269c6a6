import { useId, useState } from 'preact/hooks'

interface Entry {
  readonly id: string
  readonly name: string
}

interface EntrySelectProps {
  readonly label: string
  readonly entries: readonly Entry[]
  /** Id of the entry that is chosen; empty for none in particular. */
  readonly value: string
  /** What stands for none in particular; one has to be chosen when left out. */
  readonly any?: string
  readonly onChoose: (id: string) => void
}

/** Beyond this many, names are typed rather than looked for. */
const MOST_LISTED = 100
const MOST_SUGGESTED = 50

/** Chooses a model or an agent, of however many there are. */
export function EntrySelect(props: EntrySelectProps) {
  return props.entries.length > MOST_LISTED ? <Typed {...props} /> : <Listed {...props} />
}

function Listed({ label, entries, value, any, onChoose }: EntrySelectProps) {
  // What the address names need not be there any more; that must show, or a list would be empty for no reason.
  const isKnown = value === '' || entries.some(({ id }) => id === value)
  return (
    <select
      class="select select-sm"
      aria-label={label}
      value={value}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {any === undefined ? null : <option value="">{any}</option>}
      {entries.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
      {isKnown ? null : <option value={value}>{value}</option>}
    </select>
  )
}

function Typed({ label, entries, value, any, onChoose }: EntrySelectProps) {
  const list = useId()
  const [text, setText] = useState(value)
  const sought = text.toLowerCase()
  const found = entries.filter(
    ({ id, name }) => id.toLowerCase().includes(sought) || name.toLowerCase().includes(sought),
  )
  const take = (typed: string) => {
    setText(typed)
    if (typed === '' ? any !== undefined : entries.some(({ id }) => id === typed)) onChoose(typed)
  }
  return (
    <>
      <input
        class="input input-sm"
        type="search"
        list={list}
        aria-label={label}
        placeholder={any ?? label}
        value={text}
        onInput={(event) => take(event.currentTarget.value)}
      />
      <datalist id={list}>
        {found.slice(0, MOST_SUGGESTED).map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  )
}
