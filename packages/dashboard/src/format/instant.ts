import { duration, plain } from './quantity'

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const DAY_AND_CLOCK = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
const DAY_MS = 86_400_000

/** The time of day, and the day as well where it was not today. */
export function clockTime(ms: number, nowMs = Date.now()): string {
  return nowMs - ms < DAY_MS / 2 ? CLOCK.format(ms) : DAY_AND_CLOCK.format(ms)
}

/** "3.2 min ago". */
export function ago(ms: number, nowMs = Date.now()): string {
  const elapsed = Math.max(0, nowMs - ms)
  return elapsed < 1500 ? 'just now' : `${plain(duration(Math.round(elapsed / 1000) * 1000))} ago`
}
