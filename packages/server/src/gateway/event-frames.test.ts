import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventFrames } from './event-frames.js'
import { STREAM_SHAPES } from './stream-shape.js'

const EVENTS = [
  'data: {"a":1}\n\n',
  ': keep-alive\n\n',
  'event: x\ndata: é✓\n\n',
  'data: 1\r\n\r\n',
  'data: 1\r\r',
  'data: [DONE]\n\n',
]

describe('EventFrames', () => {
  it('lets every byte through in order, however the stream is cut into chunks, and only whole events', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...EVENTS), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat({ max: 200 }), { maxLength: 20 }),
        (events, cuts) => {
          const stream = Buffer.from(events.join(''))
          const frames = new EventFrames(STREAM_SHAPES.chat)
          let out = ''
          const marks = [...new Set(cuts.filter((cut) => cut < stream.length))].sort((a, b) => a - b)
          let from = 0
          for (const mark of [...marks, stream.length]) {
            const whole = frames.push(stream.subarray(from, mark))
            from = mark
            out += whole.toString('latin1')
            expect(out === '' || /(\n\r?\n|\r\r)$/.test(out)).toBe(true)
          }
          expect(out).toBe(stream.toString('latin1'))
          expect(frames.rest()).toBeUndefined()
          expect(frames.isDone).toBe(events.includes('data: [DONE]\n\n'))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('holds an unfinished event back and gives it as the rest', () => {
    const frames = new EventFrames(STREAM_SHAPES.chat)
    expect(frames.push(Buffer.from('data: 1\n\ndata: {"unfin')).toString()).toBe('data: 1\n\n')
    expect(frames.rest()?.toString()).toBe('data: {"unfin')
    expect(frames.isDone).toBe(false)
  })

  it('knows [DONE] even where the last blank line is missing', () => {
    const frames = new EventFrames(STREAM_SHAPES.chat)
    frames.push(Buffer.from('data: 1\n\ndata: [DO'))
    frames.push(Buffer.from('NE]'))
    expect(frames.isDone).toBe(true)
  })

  it('knows [DONE] although comments follow, and does not take one for it', () => {
    const done = new EventFrames(STREAM_SHAPES.chat)
    done.push(Buffer.from('data: 1\n\ndata: [DONE]\n\n'))
    done.push(Buffer.from(': bye\r\n\r\n'))
    expect(done.isDone).toBe(true)
    const undone = new EventFrames(STREAM_SHAPES.chat)
    undone.push(Buffer.from('data: 1\n\n: data: [DONE]\n\n'))
    expect(undone.isDone).toBe(false)
  })

  it('does not hold an event without end beyond its bound', () => {
    const frames = new EventFrames(STREAM_SHAPES.chat)
    const huge = Buffer.alloc(1024 * 1024 + 1, 'x')
    expect(frames.push(huge).length).toBe(huge.length)
  })

  it.each([
    ['messages', 'event: message_stop\ndata: {"type":"message_stop"}\n\n'],
    ['responses', `event: response.completed\ndata: {"response":"${'x'.repeat(5_000)}"}\n\n`],
    ['responses', 'event:response.incomplete\r\ndata: {}\r\n\r\n'],
    ['completions', 'data:[DONE]\n\n'],
  ] as const)('knows the last event of %s', (api, last) => {
    const frames = new EventFrames(STREAM_SHAPES[api])
    const said = JSON.stringify({ text: last })
    frames.push(Buffer.from(`event: x\ndata: ${said}\n\n`))
    expect(frames.isDone).toBe(false)
    frames.push(Buffer.from(last))
    expect(frames.isDone).toBe(true)
  })
})
