import type { ServerEvent } from './dialect.js'
import { objectOf } from './json-value.js'

/**
 * The events in a piece of a stream that was cut at blank lines (WHATWG HTML, section 9.2: lines end in LF, CRLF or CR,
 * comments, several data lines, a byte order mark). An event at the end needs no blank line behind it.
 *
 * @returns without events that have no data or whose data is no JSON object.
 */
export function readEvents(whole: string | Buffer): readonly ServerEvent[] {
  const text = typeof whole === 'string' ? whole : whole.toString('utf8')
  const events: ServerEvent[] = []
  let name = ''
  let data: string[] = []
  const dispatch = () => {
    const event = eventOf(name, data)
    if (event !== undefined) events.push(event)
    name = ''
    data = []
  }
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    if (line === '') {
      dispatch()
      continue
    }
    const [field, value] = fieldOf(line)
    if (field === 'data') data.push(value)
    else if (field === 'event') name = value
  }
  dispatch()
  return events
}

/** The bytes of these events, ready to be sent. */
export function writeEvents(events: readonly ServerEvent[]): string {
  return events.map(written).join('')
}

function written(event: ServerEvent): string {
  if (event === 'done') return 'data: [DONE]\n\n'
  const name = event.name === undefined ? '' : `event: ${event.name}\n`
  return `${name}data: ${JSON.stringify(event.data)}\n\n`
}

function fieldOf(line: string): readonly [field: string, value: string] {
  const colon = line.indexOf(':')
  if (colon < 0) return [line, '']
  // One space after the colon belongs to the format, a second one to the value.
  const from = line[colon + 1] === ' ' ? colon + 2 : colon + 1
  return [line.slice(0, colon), line.slice(from)]
}

function eventOf(name: string, lines: readonly string[]): ServerEvent | undefined {
  const text = lines.join('\n')
  if (text.trim() === '[DONE]') return 'done'
  const data = objectOf(parsed(text))
  if (data === undefined) return undefined
  return name === '' ? { data } : { name, data }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
