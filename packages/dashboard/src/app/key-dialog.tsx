import { useState } from 'preact/hooks'
import { keyWanted, takeKey } from '../api/key'
import { Dialog } from '../ui/dialog'

/** Asks for the key; what was on the page stays where it is. */
export function KeyDialog() {
  const why = keyWanted.value
  const [text, setText] = useState('')
  if (why === null) return null
  const later = () => {
    keyWanted.value = null
  }
  return (
    <Dialog title="Your key" onClose={later}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          setText('')
          takeKey(text.trim())
        }}
      >
        <p>
          {why === 'missing'
            ? 'This server asks for a key: of role viewer to look, of role admin to change things.'
            : 'The server did not take the key, or takes it no more.'}
        </p>
        <label class="field">
          <span>Key</span>
          <input
            class="input"
            type="password"
            name="key"
            autoComplete="off"
            required
            autofocus
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <span class="hint">It stays in this tab only and is forgotten with it.</span>
        </label>
        <div class="dialog-actions">
          <button type="button" class="btn btn-ghost" onClick={later}>
            Later
          </button>
          <button type="submit" class="btn btn-primary">
            Use this key
          </button>
        </div>
      </form>
    </Dialog>
  )
}
