import { Gauge, KeyRound, LogOut, Monitor, Moon, Sun, type IconNode } from 'lucide'
import { apiKey, forgetKey, keyWanted } from '../api/key'
import { connection } from '../live/connect'
import { choosePace, pace, PACES } from '../live/pace'
import { Icon } from '../ui/icon'
import { nextTheme, theme, type Theme } from './theme'

const THEME_ICONS: Readonly<Record<Theme, IconNode>> = { system: Monitor, light: Sun, dark: Moon }
const THEME_TEXTS: Readonly<Record<Theme, string>> = {
  system: 'Theme: as your system has it',
  light: 'Theme: light',
  dark: 'Theme: dark',
}

export function ThemeButton() {
  const text = THEME_TEXTS[theme.value]
  return (
    <button
      type="button"
      class="btn btn-ghost btn-sm btn-square"
      aria-label={`${text}. Change`}
      data-tip={text}
      onClick={nextTheme}
    >
      <Icon of={THEME_ICONS[theme.value]} />
    </button>
  )
}

/** How often figures are told: less where the way to the server is narrow. */
export function PaceButton() {
  const text = `Updates ${paceText(pace.value)}`
  const short = pace.value < 1000 ? `${1000 / pace.value}/s` : `${pace.value / 1000} s`
  const next = PACES[(PACES.findIndex((ms) => ms === pace.value) + 1) % PACES.length] ?? pace.value
  return (
    <button
      type="button"
      class="btn btn-ghost btn-sm pace"
      aria-label={`${short}: ${text}. Change`}
      data-tip={text}
      onClick={() => choosePace(next)}
    >
      <Icon of={Gauge} />
      {short}
    </button>
  )
}

function paceText(ms: number): string {
  if (ms < 1000) return `${1000 / ms} times a second`
  return ms === 1000 ? 'every second' : `every ${ms / 1000} seconds`
}

/** Where a key is used, a way to forget it; where one is wanted, a way to give it. */
export function KeyButton() {
  if (apiKey.value !== null) {
    return (
      <button
        type="button"
        class="btn btn-ghost btn-sm btn-square"
        aria-label="Forget the key"
        data-tip="Forget the key of this tab"
        onClick={forgetKey}
      >
        <Icon of={LogOut} />
      </button>
    )
  }
  if (connection.value.kind !== 'refused') return null
  return (
    <button
      type="button"
      class="btn btn-primary btn-sm"
      onClick={() => {
        keyWanted.value = 'missing'
      }}
    >
      <Icon of={KeyRound} />
      Give key
    </button>
  )
}
