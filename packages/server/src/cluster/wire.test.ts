import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameReader, Wire, WireError, type Message } from './wire.js'
import { wirePair } from './wire-pair.contract.js'

const frame = (...messages: Message[]): Buffer => Buffer.from(`${JSON.stringify(messages)}\n`)

describe('frames', () => {
  const messages: Message[] = [['settle', 7, 'completed', {}], ['say', 'ümläut 🜚 \n in a text'], ['close']]

  it('come out the same wherever the bytes were cut', () => {
    const bytes = Buffer.concat([frame(messages[0] as Message), frame(...messages.slice(1))])
    for (let cut = 0; cut <= bytes.length; cut++) {
      const reader = new FrameReader()
      const read = [...reader.push(bytes.subarray(0, cut)), ...reader.push(bytes.subarray(cut))]
      expect(read).toEqual(messages)
    }
    const reader = new FrameReader()
    expect([...bytes].flatMap((byte) => reader.push(Buffer.from([byte])))).toEqual(messages)
  })

  it('of many megabytes arrive whole', () => {
    const long: Message = ['start', 'x'.repeat(20_000_000)]
    const bytes = frame(long)
    const reader = new FrameReader()
    const read: Message[] = []
    for (let from = 0; from < bytes.length; from += 65_536) {
      read.push(...reader.push(bytes.subarray(from, from + 65_536)))
    }
    expect(read).toEqual([long])
  })

  it('beyond the longest are refused before they are whole', () => {
    const reader = new FrameReader(16)
    expect(reader.push(frame(['0123456789']))).toHaveLength(1)
    reader.push(Buffer.from('["0123456789'))
    expect(() => reader.push(Buffer.from('01234567'))).toThrow(
      expect.objectContaining({ code: 'FRAME_TOO_LONG', message: 'a frame must be ≤ 16 bytes' }),
    )
  })

  it.each(['', 'nonsense', '{"a":1}', '["a"]', '[[1]]', '[[]]', '[null]', 'GET / HTTP/1.1\r', '[["a"]'])(
    'that are none (%j) are a typed error that does not show what they hold',
    (line) => {
      const refused = (): unknown => new FrameReader().push(Buffer.from(`${line}\n`))
      expect(refused).toThrow(WireError)
      expect(refused).toThrow(expect.objectContaining({ code: 'FRAME_INVALID' }))
      expect(refused).toThrow(new RegExp(`got ${line.length} bytes$`))
    },
  )

  it('of any bytes at all are messages or a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          for (const [kind] of new FrameReader().push(Buffer.from(bytes))) expect(kind).toBeTypeOf('string')
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
    )
  })
})

describe('a wire', () => {
  it('sends what is said in one turn as one frame in one write, in order', async () => {
    const writes: string[] = []
    const stream = new PassThrough()
    stream.on('data', (chunk: Buffer) => writes.push(chunk.toString()))
    const wire = new Wire(stream, { receive: () => undefined, closed: () => undefined })
    wire.send(['one'])
    wire.send(['two', 2])
    await new Promise((resolve) => setImmediate(resolve))
    wire.send(['three'])
    await wire.end()
    expect(writes).toEqual(['[["one"],["two",2]]\n', '[["three"]]\n'])
  })

  it('tells the other end that it is closed once everything has arrived', async () => {
    const [left, right] = wirePair()
    const heard: (Message | 'closed')[] = []
    const far = new Wire(right, {
      receive: (message) => heard.push(message),
      closed: (error) => heard.push(error === undefined ? 'closed' : ['error', error.message]),
    })
    const near = new Wire(left, { receive: () => undefined, closed: () => undefined })
    near.send(['last words'])
    await Promise.all([near.end(), far.end()])
    expect(heard).toEqual([['last words'], 'closed'])
    near.send(['too late'])
    await new Promise((resolve) => setImmediate(resolve))
    expect(heard).toHaveLength(2)
  })

  it('is closed with the error by bytes that are no frame', async () => {
    const stream = new PassThrough()
    const closed = new Promise<Error | undefined>((resolve) => {
      new Wire(stream, { receive: () => undefined, closed: resolve })
    })
    stream.write('nonsense\n')
    expect(await closed).toMatchObject({ name: 'WireError', code: 'FRAME_INVALID' })
    expect(stream.destroyed).toBe(true)
  })
})
