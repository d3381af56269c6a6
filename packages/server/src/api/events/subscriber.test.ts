import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Subscriber } from './subscriber.js'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A stream whose client has sent its request and reads nothing. */
async function unread(): Promise<ServerResponse> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.pause()
  socket.on('error', () => undefined)
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  ends.push(() => {
    socket.destroy()
    server.close()
  })
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  return response
}

describe('a stream whose client does not read', () => {
  it('is cut when a mebibyte waits for it, whatever the socket takes, and costs no more than that', async () => {
    const response = await unread()
    const subscriber = new Subscriber(response, 'r')
    const piece = 'x'.repeat(64 * 1024)
    let waiting = 0
    for (let i = 0; i < 1_000 && !response.destroyed; i++) {
      subscriber.write(piece)
      waiting = Math.max(waiting, response.writableLength)
      if (i > 0) expect(subscriber.isBehind || response.destroyed).toBe(true)
    }
    expect(response.destroyed).toBe(true)
    expect(waiting).toBeLessThan(1024 * 1024 + 2 * piece.length)
    subscriber.write(piece)
    subscriber.end()
  })
})
