import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ServerEvent } from './dialect.js'
import { readEvents, writeEvents } from './server-events.js'

const EVENTS: readonly ServerEvent[] = [
  { name: 'ping', data: { type: 'ping' } },
  { data: { a: 'é\n:' } },
  'done',
]

const anyEvent = fc.oneof(
  fc.constant<ServerEvent>('done'),
  fc
    .dictionary(fc.string(), fc.jsonValue())
    .map((data): ServerEvent => ({ data: JSON.parse(JSON.stringify(data)) as object as never })),
  fc.constantFrom('error', 'message_stop').map((name): ServerEvent => ({ name, data: { type: name } })),
)

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.array(anyEvent), (events) => {
      expect(readEvents(writeEvents(events))).toEqual(events)
      expect(readEvents(Buffer.from(writeEvents(events)))).toEqual(events)
    }),
  )
})

test.each(['\n', '\r\n', '\r'])('lines end in %j', (end) => {
  expect(readEvents(writeEvents(EVENTS).replaceAll('\n', end))).toEqual(EVENTS)
})

test('any text is read without a throw', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('data:', 'data: {}', 'event: x', ':', 'id', '\r', '\n', '\uFEFF'),
  )
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      expect(Array.isArray(readEvents(lines.join('\n')))).toBe(true)
    }),
  )
})

test('comments, other fields, a byte order mark and a missing space change nothing', () => {
  const text = '\uFEFF: hello\nid: 7\nretry: 10\nevent:ping\ndata:{"type":"ping"}\n\n'
  expect(readEvents(text)).toEqual([EVENTS[0]])
})

test('several data lines are one value with line feeds between', () => {
  expect(readEvents('data: {"a":\ndata: 1}\n\n')).toEqual([{ data: { a: 1 } }])
})

test('a name belongs to one event', () => {
  expect(readEvents('event: x\n\ndata: {}\n\n')).toEqual([{ data: {} }])
})

test('the last event needs no blank line', () => {
  expect(readEvents('data: {"a":1}\n\ndata: [DONE]')).toEqual([{ data: { a: 1 } }, 'done'])
})

test('data that is no JSON object is skipped', () => {
  expect(readEvents('data: nope\n\ndata: 7\n\ndata: [1]\n\ndata: null\n\ndata\n\ndata: {}\n\n')).toEqual([
    { data: {} },
  ])
})
